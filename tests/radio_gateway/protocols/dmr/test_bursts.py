"""Captured bursts: synchronisation, slot type, EMB, FEC and vocoder frames."""

import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.dmr import ambe, bptc
from radio_gateway.protocols.dmr.burst import (
    DataBurst,
    VoiceBurst,
    build_data,
    build_voice,
    build_voice_a,
    parse_burst,
)
from radio_gateway.protocols.dmr.codes import GOLAY_23_12, GOLAY_24_12
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import parse_data_header
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.link_control import VoiceLc, open_full_lc
from radio_gateway.protocols.dmr.slot_type import DataType, SlotType
from radio_gateway.protocols.dmr.sync import TOLERATED_ERRORS, Sync, detect
from radio_gateway.protocols.errors import MalformedError

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/dmr/bursts.json").read_text()
)
BURSTS = [v for v in VECTORS if v["protocol"] == "dmr-burst"]


def named(vectors: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(v["hex"], v["expect"], id=v["name"]) for v in vectors]


@pytest.mark.parametrize(("octets", "expect"), named(BURSTS))
def test_sync_is_recognised(octets: str, expect: dict[str, Any]) -> None:
    sync = parse_burst(bytes.fromhex(octets)).sync

    assert ("EMB" if sync is None else sync.name) == expect["sync"]


@pytest.mark.parametrize(("octets", "expect"), named([v for v in BURSTS if "pdu" in v["expect"]]))
def test_data_burst_gives_its_block(octets: str, expect: dict[str, Any]) -> None:
    burst = parse_burst(bytes.fromhex(octets))

    assert isinstance(burst, DataBurst)
    assert burst.slot_type is not None
    assert burst.slot_type.colour_code == expect["cc"]
    assert burst.slot_type.data_type.name == expect["data_type"]
    assert burst.payload().hex() == expect["pdu"]


@pytest.mark.parametrize(("octets", "expect"), named([v for v in BURSTS if "lc" in v["expect"]]))
def test_header_and_terminator_name_the_talker(octets: str, expect: dict[str, Any]) -> None:
    burst = parse_burst(bytes.fromhex(octets))

    assert isinstance(burst, DataBurst)
    lc = VoiceLc.parse(open_full_lc(burst.payload(), DataType[expect["data_type"]]))
    wanted = expect["lc"]
    assert (lc.target, lc.source, lc.service) == (
        wanted["dst"],
        wanted["src"],
        wanted["service_options"],
    )
    assert (lc.group, lc.fid, lc.protect) == (
        wanted["flco"] == 0,
        wanted["fid"],
        wanted["protect"],
    )


@pytest.mark.parametrize(
    ("octets", "expect"),
    named([v for v in BURSTS if {"csbk", "header"} & v["expect"].keys()]),
)
def test_control_and_header_bursts_have_a_good_crc(octets: str, expect: dict[str, Any]) -> None:
    burst = parse_burst(bytes.fromhex(octets))

    assert isinstance(burst, DataBurst)
    if "csbk" in expect:
        assert Csbk.parse(burst.payload()).opcode == expect["csbk"]["csbko"]
    else:
        header: Any = parse_data_header(burst.payload())
        assert (header.source, header.target) == (expect["header"]["src"], expect["header"]["dst"])


@pytest.mark.parametrize(
    ("octets", "expect"), named([v for v in BURSTS if "emb_frag" in v["expect"]])
)
def test_voice_burst_gives_emb_and_fragment(octets: str, expect: dict[str, Any]) -> None:
    burst = parse_burst(bytes.fromhex(octets))

    assert isinstance(burst, VoiceBurst)
    assert burst.emb == Emb(expect["cc"], Lcss(expect["lcss"]), bool(expect["pi"]))
    assert burst.fragment.hex() == expect["emb_frag"]


@pytest.mark.parametrize(("octets", "expect"), named([v for v in VECTORS if "ambe" in v["expect"]]))
def test_vocoder_frames(octets: str, expect: dict[str, Any]) -> None:
    frames = ambe.split(bytes.fromhex(octets))

    assert [
        {
            "u0": frame.u0,
            "u1": frame.u1,
            "u2u3": frame.u2u3,
            "c0_errors": GOLAY_24_12.syndrome(frame.c0).bit_count(),
            "c1_errors": GOLAY_23_12.syndrome(frame.c1).bit_count(),
        }
        for frame in frames
    ] == expect["ambe"]


def test_idle_filler_without_slot_type_still_decodes() -> None:
    [vector] = [v for v in BURSTS if "bptc_payload" in v["expect"]]

    assert bptc.decode(bytes.fromhex(vector["hex"])).hex() == vector["expect"]["bptc_payload"]


def test_voice_bit_errors_are_counted() -> None:
    clean = build_voice_a(Sync.BS_VOICE, (ambe.SILENCE,) * 3)
    # one protected bit in each frame: code bits 0 of frames 1, 2, 3
    dirty = bytearray(clean)
    for bit in (0, 72, 192):
        dirty[bit // 8] ^= 0x80 >> bit % 8

    assert ambe.wrong_bits(clean) == 0
    assert ambe.wrong_bits(bytes(dirty)) == 3


def test_bit_errors_are_counted_as_frame_by_frame() -> None:
    rng = random.Random(141)
    clean = bytes.fromhex("91cea66753a19ce448f699c7057560a0a06066a0357eca6ec860c02323d0004082")
    for _ in range(2000):
        bits = int.from_bytes(clean, "big")
        for place in rng.sample(range(264), rng.randrange(40)):
            bits ^= 1 << place
        burst = bits.to_bytes(33, "big")
        assert ambe.wrong_bits(burst) == sum(frame.wrong_bits for frame in ambe.split(burst))


@pytest.mark.parametrize("sync", list(Sync))
def test_three_wrong_bits_are_tolerated_in_every_sync(sync: Sync) -> None:
    assert detect(sync.value ^ 0x8000_0080_0001) is sync


def test_patterns_are_too_far_apart_to_be_mistaken() -> None:
    distances = [(a.value ^ b.value).bit_count() for a, b in combinations(Sync, 2)]

    assert min(distances) > 2 * TOLERATED_ERRORS


def test_five_wrong_bits_are_no_sync() -> None:
    assert detect(Sync.BS_DATA.value ^ 0x8001_0080_0101) is None


def test_slot_type_survives_three_wrong_bits() -> None:
    burst = bytearray.fromhex("53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c")
    for bit in (98, 107, 160):
        burst[bit // 8] ^= 0x80 >> bit % 8

    read = parse_burst(bytes(burst))
    assert isinstance(read, DataBurst)
    assert read.slot_type == SlotType(5, DataType.CSBK)


def test_emb_survives_two_wrong_bits() -> None:
    assert Emb.parse(bytes.fromhex("9390")) == Emb(1, Lcss.FIRST)  # 1391 with both ends turned


@given(
    st.binary(min_size=12, max_size=12),
    st.sampled_from([Sync.BS_DATA, Sync.MS_DATA]),
    st.integers(0, 15),
)
def test_block_round_trip(block: bytes, sync: Sync, colour_code: int) -> None:
    slot_type = SlotType(colour_code, DataType.CSBK)
    burst = parse_burst(build_data(sync, slot_type, block))

    assert isinstance(burst, DataBurst)
    assert (burst.sync, burst.slot_type, burst.payload()) == (sync, slot_type, block)


@given(st.binary(min_size=18, max_size=18))
def test_rate_34_round_trip(block: bytes) -> None:
    burst = parse_burst(build_data(Sync.BS_DATA, SlotType(1, DataType.RATE_34_DATA), block))

    assert isinstance(burst, DataBurst)
    assert burst.payload() == block


def test_captured_voice_is_rebuilt_bit_by_bit() -> None:
    octets = bytes.fromhex("91cea66753a19ce448f699c7057560a0a06066a0357eca6ec860c02323d0004082")
    bits = int.from_bytes(octets, "big")
    voice = (bits >> 156 << 108 | bits & ((1 << 108) - 1)).to_bytes(27, "big")
    frames = (voice[:9], voice[9:18], voice[18:])

    built = build_voice(Emb(5, Lcss.CONTINUATION), bytes.fromhex("0a0a0606"), frames)

    assert built == octets


@pytest.mark.parametrize("length", [0, 32, 34])
def test_a_burst_has_33_octets(length: int) -> None:
    with pytest.raises(MalformedError, match="33 octets"):
        parse_burst(bytes(length))
