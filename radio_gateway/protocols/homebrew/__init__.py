"""Homebrew / MMDVM network protocol: repeaters log in over UDP and send what they hear.

Facts follow the observable behaviour of DMRGateway, MMDVMHost and the public masters. The scheme
authenticates the login only: whoever can forge a repeater's address can inject frames, so that
links between sites belong into a VPN.
"""
