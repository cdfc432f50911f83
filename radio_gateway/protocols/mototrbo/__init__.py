"""Motorola MOTOTRBO: the data services that radios offer over IP, and what carries them.

`ars` registration, `lrrp` location, `tms` texts, `battery` IMPRES batteries; `addressing` maps
radio ids to IP addresses. No public source from the vendor: layouts follow captures.
"""
