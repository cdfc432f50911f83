"""Packets out of bursts that repeat, get lost, come late and are damaged."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.checks import crc32, crc_ccitt
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ResponseHeader,
    Sap,
    UdtHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.packet_building import Packet, packet, short_data
from radio_gateway.protocols.dmr.reassembly import (
    MAX_UNFINISHED,
    PATIENCE_S,
    RETRY_PATIENCE_S,
    DataPacket,
    Reassembler,
)
from radio_gateway.protocols.dmr.sending import status_bursts
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

_ROOT = Path(__file__).parents[3] / "vectors/dmr"
DATA: list[dict[str, Any]] = json.loads((_ROOT / "data.json").read_text())
SEQUENCES = {v["name"]: v for v in DATA if v["protocol"] == "dmr-burst-sequence"}
CHANNEL = Channel(colour_code=5)
PARTIES = Parties(target=101, source=202)
CONTENT = bytes(range(100))
RATES = [DataType.RATE_12_DATA, DataType.RATE_34_DATA, DataType.RATE_1_DATA]


def burst(octets: bytes) -> DataBurst:
    read = parse_burst(octets)
    assert isinstance(read, DataBurst)
    return read


def run(
    reassembler: Reassembler, bursts: list[AirBurst], *, positions: list[int] | None = None
) -> list[DataPacket]:
    """Feed bursts 60 ms apart; positions where the caller knows them."""
    whole = []
    for n, one in enumerate(bursts):
        position = None if positions is None else positions[n]
        done = reassembler.feed(burst(one.octets), 0.06 * n, position)
        if done is not None:
            whole.append(done)
    return whole


def unconfirmed(content: bytes = CONTENT, rate: DataType = DataType.RATE_12_DATA) -> Packet:
    return packet(content, PARTIES, sap=Sap.IP, rate=rate)


def confirmed(content: bytes = CONTENT, sequence: int = 3) -> Packet:
    return packet(content, PARTIES, sap=Sap.IP, confirmed=True, send_sequence=sequence)


@pytest.mark.parametrize("name", sorted(SEQUENCES))
def test_captured_sequences_become_their_packets(name: str) -> None:
    expect = SEQUENCES[name]["expect"]
    octets = bytes.fromhex(SEQUENCES[name]["hex"])
    reassembler = Reassembler()
    whole = [
        done
        for at in range(0, len(octets), 33)
        if (done := reassembler.feed(burst(octets[at : at + 33]), at / 550))
    ]

    assert [one.payload.hex() for one in whole] == [
        expect.get("data") or expect["payload_no_pad_no_crc"]
    ]
    assert reassembler.counters.whole == 1
    assert reassembler.deadline() is None


@given(st.binary(max_size=400), st.sampled_from(RATES), st.booleans())
def test_what_is_sent_arrives(content: bytes, rate: DataType, ask: bool) -> None:
    sent = packet(content, PARTIES, sap=Sap.IP, rate=rate, confirmed=ask)
    [whole] = run(Reassembler(), sent.bursts(CHANNEL, preambles=2))

    assert whole == DataPacket(sent.header, content)


@given(st.binary(max_size=200), st.sampled_from(RATES), st.booleans())
def test_short_data_arrives_numbered_or_not(content: bytes, rate: DataType, ask: bool) -> None:
    sent = short_data(content, PARTIES, character_format=0, rate=rate, confirmed=ask)
    [whole] = run(Reassembler(), sent.bursts(CHANNEL))

    assert whole == DataPacket(sent.header, content)


def test_confirmed_blocks_may_come_in_any_order_and_twice() -> None:
    head, *blocks = confirmed().bursts(CHANNEL)
    shuffled = [*blocks, *blocks[:-2]]
    random.Random(5).shuffle(shuffled)
    reassembler = Reassembler()
    [whole] = run(reassembler, [head, *shuffled])

    assert whole.payload == CONTENT


def test_a_lost_confirmed_block_is_named_and_taken_later() -> None:
    sent = confirmed()
    head, *blocks = sent.bursts(CHANNEL)
    reassembler = Reassembler()
    assert run(reassembler, [head, *blocks[:3], *blocks[4:7], *blocks[8:]]) == []

    assert isinstance(sent.header, ConfirmedHeader)
    lost = reassembler.missing(sent.header)
    assert lost == (3, 7)
    [whole] = run(reassembler, sent.bursts(CHANNEL, only=lost))
    assert whole.payload == CONTENT
    assert reassembler.missing(sent.header) == ()
    assert reassembler.counters.incomplete == 0


def test_the_whole_packet_again_completes_what_was_lost() -> None:
    bursts = confirmed().bursts(CHANNEL)
    reassembler = Reassembler()
    assert run(reassembler, bursts[:5]) == []

    assert [one.payload for one in run(reassembler, bursts)] == [CONTENT]


def test_a_confirmed_packet_whose_answer_was_lost_is_told_once() -> None:
    bursts = confirmed().bursts(CHANNEL)
    reassembler = Reassembler()

    assert len(run(reassembler, bursts * 3)) == 1
    assert reassembler.counters.repeated == 2


def test_the_same_words_with_the_next_number_are_another_packet() -> None:
    bursts = [*confirmed(sequence=3).bursts(CHANNEL), *confirmed(sequence=4).bursts(CHANNEL)]

    assert len(run(Reassembler(), bursts)) == 2


def test_a_header_repeated_after_its_packet_is_no_loss() -> None:
    head, *blocks = confirmed().bursts(CHANNEL)
    reassembler = Reassembler()
    run(reassembler, [head, *blocks, head])

    assert reassembler.expire(RETRY_PATIENCE_S + 10) == []
    assert reassembler.counters.incomplete == 0


def test_with_positions_a_lost_unconfirmed_block_shifts_nothing() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    reassembler = Reassembler()
    positions = [10, 11, 12, 14, 15, 16, 17, 18, 19]
    assert run(reassembler, [head, *blocks[:2], *blocks[3:]], positions=positions) == []

    [lost] = reassembler.expire(10.0)
    assert lost.missing == (2,)
    assert reassembler.counters.incomplete == 1


def test_with_positions_late_and_repeated_unconfirmed_blocks_find_their_place() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    order = [0, 2, 1, 1, 5, 4, 3, 8, 7, 6]
    assert len(blocks) == 9
    [whole] = run(
        Reassembler(),
        [head, *(blocks[n] for n in order)],
        positions=[100, *(101 + n for n in order)],
    )

    assert whole.payload == CONTENT


@pytest.mark.parametrize("make", [unconfirmed, confirmed])
def test_with_positions_a_header_may_come_behind_its_first_blocks(
    make: Callable[[], Packet],
) -> None:
    head, *blocks = make().bursts(CHANNEL)
    places = list(range(101, 101 + len(blocks)))
    reassembler = Reassembler()
    bursts = [*blocks[:2], head, *blocks[2:]]
    [whole] = run(reassembler, bursts, positions=[*places[:2], 100, *places[2:]])

    assert whole.payload == CONTENT
    assert reassembler.counters.stray_blocks == 0


def test_blocks_before_a_header_are_not_taken_for_those_behind_it() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    places = list(range(101, 101 + len(blocks)))
    strays = [blocks[3], blocks[4]]
    [whole] = run(Reassembler(), [*strays, head, *blocks], positions=[90, 91, 100, *places])

    assert whole.payload == CONTENT


def test_a_header_that_the_network_doubled_takes_no_block_away() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    places = list(range(101, 101 + len(blocks)))
    bursts = [head, *blocks[:3], head, *blocks[3:]]
    [whole] = run(Reassembler(), bursts, positions=[100, *places[:3], 100, *places[3:]])

    assert whole.payload == CONTENT


def test_two_transmissions_that_each_lack_a_block_are_a_packet_together() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    first, second = range(100, 110), range(200, 210)
    bursts = [head, *blocks[:4], *blocks[5:], head, *blocks[:7], *blocks[8:]]
    positions = [*first[:5], *first[6:], *second[:8], *second[9:]]
    reassembler = Reassembler()
    [whole] = run(reassembler, bursts, positions=positions)

    assert whole.payload == CONTENT
    assert reassembler.counters.damaged == 0


def test_two_packets_of_one_length_that_each_lack_a_block_are_none() -> None:
    """The CRC says that blocks of different packets do not belong together."""
    head, *blocks = unconfirmed().bursts(CHANNEL)
    other = unconfirmed(bytes(reversed(CONTENT))).bursts(CHANNEL)
    bursts = [head, *blocks[:4], *blocks[5:], *other[:8], *other[9:]]
    positions = [*range(100, 105), *range(106, 110), *range(200, 208), *range(209, 210)]
    reassembler = Reassembler()

    assert run(reassembler, bursts, positions=positions) == []


@pytest.mark.parametrize(
    "sent",
    [confirmed(), short_data(CONTENT[:30], PARTIES, character_format=0, confirmed=True)],
    ids=["confirmed", "short data"],
)
def test_who_repeats_what_has_arrived_is_named(sent: Packet) -> None:
    again: list[object] = []
    reassembler = Reassembler(again.append)

    assert len(run(reassembler, sent.bursts(CHANNEL) * 2)) == 1
    assert again == [sent.header]


def test_the_same_short_words_a_quarter_of_a_minute_later_are_new_ones() -> None:
    sent = short_data(CONTENT[:30], PARTIES, character_format=0, confirmed=True)
    reassembler = Reassembler()
    for start in (0.0, 15.0):
        reassembler.expire(start)
        whole = [reassembler.feed(burst(one.octets), start) for one in sent.bursts(CHANNEL)]
        assert whole[-1] is not None


def test_without_positions_a_lost_unconfirmed_block_is_never_a_packet() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    reassembler = Reassembler()
    assert run(reassembler, [head, *blocks[:4], *blocks[5:]]) == []

    # the next packet takes no block of the broken one
    assert len(run(reassembler, [head, *blocks])) == 1
    assert reassembler.counters.incomplete == 1


def test_a_block_that_the_code_mends_wrongly_is_caught_by_the_crc() -> None:
    sent = unconfirmed()
    blocks = [sent.blocks[0], b"\xff" + sent.blocks[1][1:], *sent.blocks[2:]]
    damaged = Packet(sent.header, tuple(blocks), sent.rate)
    reassembler = Reassembler()

    with pytest.raises(MalformedError, match="CRC-32"):
        run(reassembler, damaged.bursts(CHANNEL))
    assert reassembler.counters.damaged == 1
    assert len(run(reassembler, sent.bursts(CHANNEL))) == 1


def test_an_unfinished_packet_is_given_up_in_time() -> None:
    reassembler = Reassembler()
    run(reassembler, unconfirmed().bursts(CHANNEL)[:4])

    due = 0.18 + PATIENCE_S
    assert reassembler.deadline() == pytest.approx(due)
    assert reassembler.expire(due - 0.01) == []
    [lost] = reassembler.expire(due + 0.01)
    assert lost.missing == tuple(range(3, 9))
    assert reassembler.deadline() is None


def test_blocks_without_a_header_are_counted() -> None:
    reassembler = Reassembler()

    assert run(reassembler, unconfirmed().bursts(CHANNEL)[1:]) == []
    assert reassembler.counters.stray_blocks == 9


def test_a_rate_that_changes_within_a_packet_is_refused() -> None:
    head, first, *_ = unconfirmed().bursts(CHANNEL)
    other = unconfirmed(rate=DataType.RATE_34_DATA).bursts(CHANNEL)[1]

    with pytest.raises(MalformedError, match="other blocks"):
        run(Reassembler(), [head, first, other])


def test_an_unreadable_slot_type_is_taken_for_the_next_block() -> None:
    head, *blocks = unconfirmed().bursts(CHANNEL)
    broken = int.from_bytes(blocks[4].octets, "big") ^ 0x3FF << (264 - 108)
    reassembler = Reassembler()
    run(reassembler, [head, *blocks[:4]])
    read = burst(broken.to_bytes(33, "big"))
    assert read.slot_type is None
    assert reassembler.feed(read, 0.3) is None

    assert [one.payload for one in run(reassembler, blocks[5:])] == [CONTENT]


def test_damaged_confirmed_blocks_are_chosen_by_their_check() -> None:
    octets = bytes.fromhex(SEQUENCES["sequence-msms-12"]["hex"])
    expect = SEQUENCES["sequence-msms-12"]["expect"]
    rng = random.Random(34)
    information = [*range(98), *range(166, 264)]
    whole = 0
    for _ in range(25):
        reassembler = Reassembler()
        for at in range(0, len(octets), 33):
            bits = int.from_bytes(octets[at : at + 33], "big")
            for place in rng.sample(information, 2):
                bits ^= 1 << (263 - place)
            done = reassembler.feed(burst(bits.to_bytes(33, "big")), at / 550)
            if done is not None:
                assert done.payload.hex() == expect["data"]
                whole += 1

    assert whole == 25


def test_many_senders_at_once_are_bounded() -> None:
    reassembler = Reassembler()
    for source in range(1, 101):
        sent = packet(CONTENT, Parties(9, source), sap=Sap.IP)
        run(reassembler, sent.bursts(CHANNEL)[:2])

    assert reassembler.counters.incomplete == 100 - MAX_UNFINISHED
    assert len(reassembler.expire(1e6)) == MAX_UNFINISHED  # the newest are told, all are counted


def test_a_status_is_whole_by_itself() -> None:
    [whole] = run(Reassembler(), status_bursts(7, PARTIES, CHANNEL))

    assert whole.payload == b""


def test_a_selective_answer_brings_its_flags() -> None:
    header = ResponseHeader(
        target=202, source=101, sap=4, blocks=1, response_class=2, response_type=0, status=3
    )
    flags = bytes.fromhex("7700000000000000")
    bursts = [
        CHANNEL.burst(DataType.DATA_HEADER, build_data_header(header)),
        CHANNEL.burst(DataType.RATE_12_DATA, flags + crc32(flags)),
    ]

    assert run(Reassembler(), bursts) == [DataPacket(header, flags)]


@pytest.mark.parametrize("kind", [DataType.RATE_12_DATA, DataType.MBC_CONTINUATION])
def test_unified_data_transport_ends_with_its_own_crc(kind: DataType) -> None:
    header = UdtHeader(
        target=1, source=2, sap=0, udt_format=4, pad_nibbles=4, appended_blocks=2, opcode=0x1A
    )
    text = b"Unit 12 at scene".ljust(22, b"\0")
    whole = text + crc_ccitt(text).to_bytes(2, "big")
    bursts = [
        CHANNEL.burst(DataType.DATA_HEADER, build_data_header(header)),
        CHANNEL.burst(kind, whole[:12]),
        CHANNEL.burst(kind, whole[12:]),
    ]

    assert run(Reassembler(), bursts) == [DataPacket(header, text)]
    bursts[2] = CHANNEL.burst(kind, whole[12:-1] + bytes((whole[-1] ^ 1,)))
    with pytest.raises(MalformedError, match="unified data"):
        run(Reassembler(), bursts)


@pytest.mark.parametrize("seed", range(20))
def test_loss_repetition_and_disorder_never_make_a_wrong_packet(seed: int) -> None:
    rng = random.Random(seed)
    reassembler = Reassembler()
    sent = {rng.randbytes(rng.randrange(1, 150)) for _ in range(40)}
    got = []
    for number, content in enumerate(sorted(sent)):
        ask = rng.random() < 0.5
        one = packet(content, PARTIES, sap=Sap.IP, confirmed=ask, send_sequence=number % 8)
        bursts = list(enumerate(one.bursts(CHANNEL)))
        rest = [b for b in bursts[1:] if rng.random() > 0.1]
        rest += [b for b in rest if rng.random() < 0.1]
        rng.shuffle(rest)
        for position, air in [bursts[0], *rest]:
            done = reassembler.feed(burst(air.octets), number * 60.0, number * 1000 + position)
            got += [done.payload] if done else []
        reassembler.expire(number * 60.0 + 59)

    assert len(got) == len(set(got))
    assert set(got) <= sent
    counters = reassembler.counters
    assert counters.whole + counters.incomplete + counters.damaged == len(sent)
    assert counters.whole >= 5


def test_a_second_header_counts_as_a_block() -> None:
    header = parse_data_header(bytes.fromhex("02990000640004428400f4f0"))
    second = parse_data_header(bytes.fromhex("1f10020111f7320d18238f80"))
    reassembler = Reassembler()
    assert reassembler.header(header, 0.0) is None
    assert reassembler.header(second, 0.1) is None
    assert reassembler.header(second, 0.2) is None  # repeated, still one

    assert reassembler.block(DataType.RATE_12_DATA, bytes(12), 0.3) is None
    assert reassembler.block(DataType.RATE_12_DATA, bytes(12), 0.4) is None
    with pytest.raises(MalformedError, match="compressed"):
        reassembler.block(DataType.RATE_12_DATA, bytes(12), 0.5)


def test_a_second_header_alone_is_passed_over() -> None:
    second = parse_data_header(bytes.fromhex("1f10020111f7320d18238f80"))
    reassembler = Reassembler()

    assert reassembler.header(second, 0.0) is None
    assert reassembler.counters.stray_blocks == 1
