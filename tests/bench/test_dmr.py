"""How many bursts of DMR a core reads in a second, beside a bare `struct.unpack` of the frame."""

from itertools import cycle

import pytest

from radio_gateway.protocols.dmr import ambe, bptc, embedded, trellis
from radio_gateway.protocols.dmr.burst import DataBurst, VoiceBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.embedded import Collector
from radio_gateway.protocols.dmr.link_control import lc_of_burst, parse_lc
from radio_gateway.protocols.dmr.slot_type import DataType
from tests.bench.decoding import Decoder, measure

pytestmark = pytest.mark.bench

BURST = ">13B7s13B"
"The outer octets one by one, the middle at once."
# captured bursts of tests/vectors
HEADER = bytes.fromhex("015149880ba01b3816406c80c46d5d7f77fd757e32990118206005a02341391033")
CSBK = bytes.fromhex("53df0a83b7a8282c2509625014fdff57d75df5dcadde429028c87ae3341e24191c")
RATE_34 = bytes.fromhex("24327b2f7f0e3242227223fe063dff57d75df5da85ee28222e7de0a82f2275eb5c")
FRAGMENTS = bytes.fromhex("0300030a0f0006060f033a030c393530")
VOCODER = bytes.fromhex("9236a3427179598a2aca40d7da5520a030f0f8f3fe896c8ad699c54111513bae0a")


def _header() -> object:
    return parse_lc(lc_of_burst(HEADER, DataType.VOICE_LC_HEADER))


def _data_burst() -> object:
    burst = parse_burst(CSBK)
    assert isinstance(burst, DataBurst)
    return Csbk.parse(burst.payload()).message()


def _damaged(burst: bytes, *places: int) -> bytes:
    bits = int.from_bytes(burst, "big")
    for place in places:
        bits ^= 1 << (263 - place)
    return bits.to_bytes(33, "big")


def test_bursts_beside_raw_unpacking() -> None:
    three, eight = _damaged(HEADER, 3, 70, 200), _damaged(HEADER, 1, 9, 33, 60, 90, 170, 199, 250)
    wrong = _damaged(RATE_34, 50)
    measure(
        [
            Decoder(
                "full link control, checked",
                lambda: lc_of_burst(HEADER, DataType.VOICE_LC_HEADER),
                HEADER,
                BURST,
                goal=500_000,
            ),
            Decoder("the same and interpreted", _header, HEADER, BURST),
            Decoder("CSBK burst to its message", _data_burst, CSBK, BURST),
            Decoder("rate 3/4 block", lambda: trellis.read(RATE_34), RATE_34, BURST),
            Decoder(
                "embedded link control", lambda: embedded.decode(FRAGMENTS), FRAGMENTS, ">4s4s4s4s"
            ),
            Decoder(
                "bit errors of a voice burst", lambda: ambe.wrong_bits(VOCODER), VOCODER, BURST
            ),
        ]
    )
    measure(
        [
            Decoder("header with 3 wrong bits", lambda: bptc.decode(three), three, BURST),
            Decoder("header with 8 wrong bits", lambda: bptc.decode(eight), eight, BURST),
            Decoder("rate 3/4 block with a wrong bit", lambda: trellis.decode(wrong), wrong, BURST),
        ],
        rounds=50,
    )


def _superframe() -> list[bytes]:
    """Bursts B to E: captured vocoder bits around the four fragments."""
    inner = ((1 << 48) - 1) << 108
    vocoder = int.from_bytes(VOCODER, "big") & ~inner
    bursts = []
    for part, lcss in enumerate((Lcss.FIRST, Lcss.CONTINUATION, Lcss.CONTINUATION, Lcss.LAST)):
        head, tail = Emb(5, lcss).build()
        fragment = int.from_bytes(FRAGMENTS[4 * part : 4 * part + 4], "big")
        bursts.append((vocoder | (head << 40 | fragment << 8 | tail) << 108).to_bytes(33, "big"))
    return bursts


def test_voice_with_embedded_signalling() -> None:
    sent = _superframe()
    bursts = cycle(sent)
    collector = Collector()

    def embedded_part() -> object:
        burst = parse_burst(next(bursts))
        assert isinstance(burst, VoiceBurst)
        return collector.add(burst.emb, burst.fragment)

    def everything() -> object:
        burst = parse_burst(next(bursts))
        assert isinstance(burst, VoiceBurst)
        return collector.add(burst.emb, burst.fragment), burst.wrong_bits

    measure(
        [
            Decoder(name, work, sent[0], BURST, goal=100_000)
            for name, work in (
                ("voice burst with embedded signalling", embedded_part),
                ("the same and its bit errors", everything),
            )
        ]
    )
