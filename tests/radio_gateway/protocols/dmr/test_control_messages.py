"""Control blocks beyond the single one: names, grants, several blocks, the item of burst F."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.csbk import MESSAGES, Csbk
from radio_gateway.protocols.dmr.multi_block import MultiBlock, MultiBlockCollector, build
from radio_gateway.protocols.dmr.opcodes import NAMES, name_of
from radio_gateway.protocols.dmr.single_burst import KeyNotice, decode, encode
from radio_gateway.protocols.dmr.trunking import ChannelGrant
from radio_gateway.protocols.errors import MalformedError

PUBLISHED = {
    v["name"]: v
    for v in json.loads((Path(__file__).parents[3] / "vectors/dmr/published.json").read_text())
}


def block(octets: str) -> Csbk:
    return Csbk.parse(seal(bytes.fromhex(octets), CrcMask.CSBK))


@pytest.mark.parametrize(
    ("fid", "opcode", "name"),
    [
        (0x10, 0x27, "emergency alarm"),
        (0x00, 0x27, "ETSI opcode 27"),
        (0x00, 0x19, "aloha"),
        (0x68, 0x3E, "text waiting"),
        (0x58, 0x01, "Tait opcode 01"),
        (0x99, 0x01, "FID 99 opcode 01"),
    ],
)
def test_names(fid: int, opcode: int, name: str) -> None:
    assert name_of(fid, opcode) == name


def test_every_message_that_is_read_has_a_name() -> None:
    assert MESSAGES.keys() <= NAMES.keys()


def test_a_talkgroup_grant() -> None:
    # channel 0x123, slot 2, late entry, emergency
    grant = ChannelGrant.of(block("b1 00 123e 000009 280722"))

    assert grant == ChannelGrant(
        opcode=0x31,
        channel=0x123,
        slot=2,
        target=9,
        source=2623266,
        emergency=True,
        late_entry=True,
    )
    assert grant.group
    assert not grant.data


def test_a_private_data_grant() -> None:
    grant = ChannelGrant.of(block("b3 00 0014 000065 0000ca"))

    assert grant is not None
    assert (grant.channel, grant.slot, grant.group, grant.data) == (1, 1, False, True)
    assert not grant.late_entry
    assert not grant.emergency


@pytest.mark.parametrize("octets", ["b1 10 123e 000009 280722", "b8 00 0000 000065 0000ca"])
def test_other_blocks_grant_nothing(octets: str) -> None:
    assert ChannelGrant.of(block(octets)) is None


HEADER = Csbk(0x28, 0x00, bytes(range(8)), last_block=False)


@pytest.mark.parametrize("length", [9, 20, 31])
def test_messages_of_several_blocks_go_round(length: int) -> None:
    content = bytes(range(100, 100 + length))
    first, *rest = build(HEADER, content)
    collector = MultiBlockCollector()
    collector.header(first)
    results = [collector.add(one) for one in rest]

    assert results[:-1] == [None] * (len(rest) - 1)
    whole = results[-1]
    assert isinstance(whole, MultiBlock)
    assert whole.header == HEADER
    kept = b"".join(whole.continuations[at + 1 : at + 12] for at in range(0, length + 2, 12))
    assert kept == content
    assert collector.add(rest[-1]) is None


def test_a_header_for_several_blocks_is_no_single_one() -> None:
    first, *_ = build(HEADER, bytes(9))

    with pytest.raises(MalformedError, match="CRC"):
        Csbk.parse(first)
    with pytest.raises(MalformedError, match="CRC"):
        MultiBlockCollector().header(seal(first[:10], CrcMask.CSBK))


def test_a_damaged_message_is_refused_once() -> None:
    first, second = build(HEADER, bytes(9))
    collector = MultiBlockCollector()
    collector.header(first)

    with pytest.raises(MalformedError, match="CRC"):
        collector.add(second[:5] + b"\1" + second[6:])
    assert collector.add(second) is None


def test_a_message_without_an_end_is_refused() -> None:
    first, second, *_ = build(HEADER, bytes(31))
    collector = MultiBlockCollector()
    collector.header(first)
    collector.add(second)
    collector.add(second)

    with pytest.raises(MalformedError, match="without a last block"):
        collector.add(second)
    with pytest.raises(MalformedError, match="12 octets"):
        collector.add(b"")


@pytest.mark.parametrize("length", [0, 8, 10, 32, 42])
def test_content_that_fills_no_blocks_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="fill no"):
        build(HEADER, bytes(length))


def test_the_published_key_notice() -> None:
    vector = PUBLISHED["late-entry-key"]
    notice = KeyNotice.parse(bytes.fromhex(vector["hex"]))

    assert notice == KeyNotice(vector["expect"]["key_id"], vector["expect"]["algorithm"])
    assert notice.algorithm_name == "AES-256"
    assert notice.build().hex() == vector["hex"]


def test_an_empty_fragment_is_no_notice() -> None:
    assert KeyNotice.parse(bytes(4)) is None


def test_one_wrong_bit_anywhere_is_repaired_and_two_make_no_notice() -> None:
    octets = bytes.fromhex(PUBLISHED["late-entry-key"]["hex"])
    bits = int.from_bytes(octets, "big")
    for place in range(32):
        assert decode((bits ^ 1 << place).to_bytes(4, "big")) == decode(octets)
    for pair in combinations(range(32), 2):
        turned = bits ^ 1 << pair[0] ^ 1 << pair[1]
        try:
            assert decode(turned.to_bytes(4, "big")) == decode(octets)
        except MalformedError:
            continue


@given(st.integers(0, 0x7FF), st.booleans())
def test_items_go_round(information: int, reverse_channel: bool) -> None:
    octets = encode(information, reverse_channel=reverse_channel)

    assert decode(octets, reverse_channel=reverse_channel) == information
    with pytest.raises(MalformedError):
        decode(octets, reverse_channel=not reverse_channel)
