"""MMDVM modem on a serial port: frames between a digital voice modem and its host.

Facts from both ends of the open firmware and host program (protocol versions 1 and 2).
"""
