"""Bits out of octets: linear maps by table, sign extension, weights.

Bit 0 is the first on the air and the most significant of octet 0.
"""

from collections.abc import Sequence


class LinearMap:
    """A linear map over GF(2) from octets to one integer, by one 256-entry table per octet.

    Interleavers, parity checks and encoders are all of this kind; any number of them applied
    to the same octets costs one look-up and one XOR per octet.
    """

    __slots__ = ("_tables", "octets")

    def __init__(self, contributions: Sequence[int]) -> None:
        """Build the tables.

        Args:
            contributions: what a set input bit adds (XOR) to the result; one entry per input
                bit, first bit first. The number of entries is a multiple of 8.
        """
        if len(contributions) % 8:
            raise ValueError(f"{len(contributions)} bits are no whole octets")
        self.octets = len(contributions) // 8
        self._tables = tuple(
            octet_table(contributions[8 * octet : 8 * octet + 8]) for octet in range(self.octets)
        )

    def __call__(self, data: bytes) -> int:
        """Map `data`, which must be exactly `octets` long."""
        result = 0
        for table, octet in zip(self._tables, data, strict=True):
            result ^= table[octet]
        return result


def gather(octets: int, positions: Sequence[int]) -> LinearMap:
    """Pick bits out of `octets` octets: the result's first (highest) bit is `positions[0]`."""
    contributions = [0] * (8 * octets)
    for rank, position in enumerate(positions):
        contributions[position] |= 1 << (len(positions) - 1 - rank)
    return LinearMap(contributions)


def scatter(positions: Sequence[int], width: int) -> LinearMap:
    """Spread whole octets over a field of `width` bits: input bit k goes to `positions[k]`."""
    return LinearMap([1 << (width - 1 - position) for position in positions])


def signed(value: int, width: int) -> int:
    """Read the low `width` bits as two's complement."""
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) else value


def bit_list(value: int, width: int) -> list[int]:
    """The low `width` bits, most significant first."""
    return [value >> shift & 1 for shift in range(width - 1, -1, -1)]


def from_bits(bits: Sequence[int]) -> int:
    """The integer whose binary digits, most significant first, are `bits`."""
    value = 0
    for bit in bits:
        value = value << 1 | bit
    return value


def octet_table(contributions: Sequence[int]) -> tuple[int, ...]:
    """The XOR of the contributions of the bits set in an octet, for all 256 octets."""
    table = [0] * 256
    for octet in range(1, 256):
        lowest = octet & -octet
        table[octet] = table[octet ^ lowest] ^ contributions[8 - lowest.bit_length()]
    return tuple(table)
