"""Linear maps over the outer parts of a burst: the one hot path, written out for speed.

Interleaving, Hamming syndromes, Golay syndromes, Reed-Solomon and CRC are all linear, so any
number of them costs one table look-up and one XOR per octet. A loop over the tables would take
more than twice the time.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Final

from radio_gateway.protocols.bits import octet_table

OUTER_OCTETS: Final = (*range(13), *range(20, 33))
"""The octets with information bits of a data burst. Of a voice burst, octets 13 and 19 hold four
more vocoder bits each."""
_OUTER: Final = struct.Struct("13B7x13B").unpack


def outer_map(contributions: Sequence[int]) -> Callable[[bytes], int]:
    """Make a map from a burst of exactly 33 octets to one integer.

    Args:
        contributions: what each of the 264 bits, first on the air first, adds (XOR) to the
            result. Those of octets 13 to 19 are not looked at.
    """
    tables = [octet_table(contributions[8 * octet : 8 * octet + 8]) for octet in OUTER_OCTETS]
    t00, t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12 = tables[:13]
    t13, t14, t15, t16, t17, t18, t19, t20, t21, t22, t23, t24, t25 = tables[13:]

    def mapped(burst: bytes) -> int:
        (
            a00,
            a01,
            a02,
            a03,
            a04,
            a05,
            a06,
            a07,
            a08,
            a09,
            a10,
            a11,
            a12,
            a13,
            a14,
            a15,
            a16,
            a17,
            a18,
            a19,
            a20,
            a21,
            a22,
            a23,
            a24,
            a25,
        ) = _OUTER(burst)
        found: int = (
            t00[a00]
            ^ t01[a01]
            ^ t02[a02]
            ^ t03[a03]
            ^ t04[a04]
            ^ t05[a05]
            ^ t06[a06]
            ^ t07[a07]
            ^ t08[a08]
            ^ t09[a09]
            ^ t10[a10]
            ^ t11[a11]
            ^ t12[a12]
            ^ t13[a13]
            ^ t14[a14]
            ^ t15[a15]
            ^ t16[a16]
            ^ t17[a17]
            ^ t18[a18]
            ^ t19[a19]
            ^ t20[a20]
            ^ t21[a21]
            ^ t22[a22]
            ^ t23[a23]
            ^ t24[a24]
            ^ t25[a25]
        )
        return found

    return mapped
