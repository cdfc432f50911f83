"""What control blocks are called, also those that we do not read; for logs and people."""

from typing import Final

from radio_gateway.protocols.dmr.link_control import FID_ETSI, FID_HYTERA, FID_MOTOROLA

FEATURE_SETS: Final = {
    0x00: "ETSI",
    0x04: "Fylde",
    0x06: "Motorola Connect Plus",
    0x08: "Hytera",
    0x0A: "Kirisun",
    0x10: "Motorola",
    0x33: "JVC Kenwood",
    0x58: "Tait",
    0x68: "Hytera",
    0x77: "Vertex",
}
"FID -> whose opcodes they are."

NAMES: Final = {
    (FID_ETSI, 0x04): "unit to unit voice request",
    (FID_ETSI, 0x05): "unit to unit voice answer",
    (FID_ETSI, 0x07): "channel timing",
    (FID_ETSI, 0x19): "aloha",
    (FID_ETSI, 0x1A): "unified data transport header, outbound",
    (FID_ETSI, 0x1B): "unified data transport header, inbound",
    (FID_ETSI, 0x1C): "ahoy",
    (FID_ETSI, 0x1E): "activation acknowledgement",
    (FID_ETSI, 0x1F): "random access",
    (FID_ETSI, 0x20): "acknowledgement, outbound",
    (FID_ETSI, 0x21): "acknowledgement, inbound",
    (FID_ETSI, 0x22): "payload channel acknowledgement, outbound",
    (FID_ETSI, 0x23): "payload channel acknowledgement, inbound",
    (FID_ETSI, 0x26): "negative response",
    (FID_ETSI, 0x28): "announcement",
    (FID_ETSI, 0x2A): "maintenance",
    (FID_ETSI, 0x2E): "clear",
    (FID_ETSI, 0x2F): "protect",
    (FID_ETSI, 0x30): "private voice grant",
    (FID_ETSI, 0x31): "talkgroup voice grant",
    (FID_ETSI, 0x32): "broadcast voice grant",
    (FID_ETSI, 0x33): "private data grant",
    (FID_ETSI, 0x34): "talkgroup data grant",
    (FID_ETSI, 0x35): "private voice grant, duplex",
    (FID_ETSI, 0x36): "private data grant, duplex",
    (FID_ETSI, 0x37): "private data grant, several items",
    (FID_ETSI, 0x38): "base station activation, or talkgroup data grant of several items",
    (FID_ETSI, 0x39): "move to another channel",
    (FID_ETSI, 0x3D): "preamble",
    (FID_MOTOROLA, 0x08): "synchronisation of the repeaters' link",
    (FID_MOTOROLA, 0x1D): "trunking",
    (FID_MOTOROLA, 0x1F): "call alert",
    (FID_MOTOROLA, 0x20): "acknowledgement of a service",
    (FID_MOTOROLA, 0x21): "Capacity Max trunking",
    (FID_MOTOROLA, 0x24): "radio check",
    (FID_MOTOROLA, 0x27): "emergency alarm",
    (FID_MOTOROLA, 0x29): "data window",
    (FID_MOTOROLA, 0x2A): "data window",
    (FID_MOTOROLA, 0x3A): "trunking",
    (FID_MOTOROLA, 0x3B): "neighbours",
    (FID_MOTOROLA, 0x3D): "preamble",
    (FID_MOTOROLA, 0x3E): "site status",
    (FID_HYTERA, 0x08): "synchronisation of the repeaters' link",
    (FID_HYTERA, 0x0A): "XPT site state",
    (FID_HYTERA, 0x0B): "XPT neighbours",
    (FID_HYTERA, 0x3D): "preamble",
    (FID_HYTERA, 0x3E): "text waiting",
}
"(FID, opcode) -> name. Those of Motorola and Hytera are what decoders' authors found out."


def name_of(fid: int, opcode: int) -> str:
    """What a control block is called; whose it is and the number when it has no public name."""
    known = NAMES.get((fid, opcode))
    if known is not None:
        return known
    owner = FEATURE_SETS.get(fid, f"FID {fid:02X}")
    return f"{owner} opcode {opcode:02X}"
