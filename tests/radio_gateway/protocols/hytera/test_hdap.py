"""The envelope of every Hytera message."""

import pytest

from radio_gateway.protocols.hytera.hdap import checksum


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", 0x32),
        (b"\x01", 0x31),
        (b"\xff" * 255, 0x31),  # 255 x 255 is 0xFE01
        (b"\xff" * 256, 0x32),  # 0xFF00
        (b"\xff" * 257, 0x33),  # 0xFFFF: from here on the sum needs more than 16 bits
        (b"\xff" * 258, 0x34),
        (b"\xff" * 2048, 0x32),
    ],
)
def test_the_checksum_of_messages_of_every_length(body: bytes, expected: int) -> None:
    """0xFF less the sum, plus 0x33, modulo 256; worked out by hand."""
    assert checksum(body) == expected
