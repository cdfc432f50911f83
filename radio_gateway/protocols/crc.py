"""Cyclic redundancy checks of any width, most significant bit first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crc:
    """One check by its parameters; `polynomial` without the leading term.

    Input and register are not reflected; a protocol that reflects turns its octets around first.
    """

    width: int
    polynomial: int
    initial: int = 0
    final_xor: int = 0

    def of_bits(self, value: int, count: int) -> int:
        """Check over the low `count` bits of `value`, most significant first."""
        top = 1 << (self.width - 1)
        mask = (1 << self.width) - 1
        register = self.initial
        for shift in range(count - 1, -1, -1):
            feedback = bool(register & top) ^ (value >> shift & 1)
            register = register << 1 & mask
            if feedback:
                register ^= self.polynomial
        return register ^ self.final_xor

    def of(self, data: bytes) -> int:
        """Check over whole octets."""
        return self.of_bits(int.from_bytes(data, "big"), 8 * len(data))


CRC_CCITT = Crc(16, 0x1021)
"CRC-16/XMODEM: start 0, nothing inverted. Users with other starts make their own `Crc`."
