"""Numbers of binary-token XML: 7 bits per octet, sign and magnitude, fractions in powers of 128.

Readers take octets, the place of the first one and the end of the body; they return the value
and the place behind it. Numbers hold at most 32 bits in 5 octets.
"""

from typing import Final

from radio_gateway.protocols.errors import MalformedError

MAX_OCTETS: Final = 5
_MORE: Final = 0x80
_SIGN: Final = 0x40


def read_unsigned(data: bytes, at: int, end: int) -> tuple[int, int]:
    """UIntVar, 0..2^32-1.

    Raises:
        MalformedError: past the end, or over 32 bits.
    """
    if at < end and data[at] < _MORE:
        return data[at], at + 1
    value = 0
    for place in range(at, min(end, at + MAX_OCTETS)):
        octet = data[place]
        value = value << 7 | octet & 0x7F
        if octet < _MORE:
            if value > 0xFFFF_FFFF:
                break
            return value, place + 1
    raise MalformedError("number cut short or over 32 bits", data[at : at + MAX_OCTETS])


def read_signed(data: bytes, at: int, end: int) -> tuple[bool, int, int]:
    """SIntVar: whether it is negative, its magnitude, the place behind.

    The sign is apart because a fraction may follow a zero that is negative.

    Raises:
        MalformedError: past the end, or over 32 bits.
    """
    if at >= end:
        raise MalformedError("number cut short", data[at:])
    first = data[at]
    negative, value = bool(first & _SIGN), first & 0x3F
    if first < _MORE:
        return negative, value, at + 1
    for place in range(at + 1, min(end, at + MAX_OCTETS)):
        octet = data[place]
        value = value << 7 | octet & 0x7F
        if octet < _MORE:
            if value > 0xFFFF_FFFF:
                break
            return negative, value, place + 1
    raise MalformedError("number cut short or over 32 bits", data[at : at + MAX_OCTETS])


def read_float(data: bytes, at: int, end: int) -> tuple[float, int]:
    """UFloatVar: an integer, then k octets of fraction in units of 128^-k."""
    whole, place = read_unsigned(data, at, end)
    fraction, after = read_unsigned(data, place, end)
    return whole + fraction / (1 << 7 * (after - place)), after


def read_signed_float(data: bytes, at: int, end: int) -> tuple[float, int]:
    """SFloatVar: an integer with a sign, then the fraction as in `read_float`."""
    negative, whole, place = read_signed(data, at, end)
    fraction, after = read_unsigned(data, place, end)
    value = whole + fraction / (1 << 7 * (after - place))
    return (-value if negative else value), after


def build_unsigned(value: int) -> bytes:
    """UIntVar in as few octets as hold it; ValueError outside 0..2^32-1."""
    if not 0 <= value <= 0xFFFF_FFFF:
        raise ValueError(f"not 0..2^32-1: {value}")
    return _septets(value, 1)


def build_float(value: float) -> bytes:
    """UFloatVar with as many octets of fraction as the value needs, at most four."""
    whole = int(value)
    return build_unsigned(whole) + _fraction(value - whole)


def build_signed_float(value: float) -> bytes:
    """SFloatVar; keeps the sign of values between -1 and 0."""
    magnitude = abs(value)
    whole = int(magnitude)
    octets = bytearray(_septets(whole, 1))
    if octets[0] & _SIGN:
        octets[:] = _septets(whole, len(octets) + 1)
    if value < 0:
        octets[0] |= _SIGN
    return bytes(octets) + _fraction(magnitude - whole)


def _fraction(value: float) -> bytes:
    """The least k with an exact numerator; beyond four octets the rest is cut off."""
    for count in range(1, 5):
        scaled = value * (1 << 7 * count)
        if scaled == int(scaled) or count == 4:
            return _septets(int(scaled), count)
    raise AssertionError("unreachable")


def _septets(value: int, least: int) -> bytes:
    octets = [value & 0x7F]
    value >>= 7
    while value or len(octets) < least:
        octets.append(value & 0x7F | _MORE)
        value >>= 7
    return bytes(reversed(octets))
