"""The Hytera base: registrations, its link, and what is none of its business."""

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_gateway.adapters.hytera import DEFAULT_PORTS, ENDPOINTS
from radio_gateway.domain.commands import (
    SendText,
)
from radio_gateway.domain.events import (
    CallStarted,
    LinkChanged,
    LinkHealth,
    LinkState,
    RadioDeregistered,
    RadioRegistered,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ports import Outgoing, Peer
from tests.radio_gateway.adapters.hytera_rig import (
    GPS,
    HOST,
    OPTIONS,
    RADIO,
    REGISTRATION,
    Rig,
    hdap,
    slot_status,
)

VECTORS = Path(__file__).parents[2] / "vectors" / "hytera"


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_registration_over_hstrp_is_reported_and_answered(rig: Rig) -> None:
    rig.connect("rrs1")
    rig.hstrp("rrs1", REGISTRATION)
    assert rig.events() == [
        RadioRegistered(link="palanga-1", at=rig.at, radio=RADIO, site="Birutės kalnas")
    ]
    acknowledgement, answer = rig.sent()
    peer = Peer("rrs1", HOST, 30000)
    assert acknowledgement == Outgoing(
        bytes.fromhex("324200210001") + OPTIONS, peer, acknowledges=True
    )
    # 0080+0009+0a2337fa+00+00000708 sums to 0x1f6; ~0xf6 = 0x09; + 0x33 = 0x3c
    expected = bytes.fromhex("324200000001 1100800009 0a2337fa 00 00000708 3c 03")
    assert answer == Outgoing(expected, peer, acknowledges=True)


def test_a_plain_registration_is_answered_plainly_to_the_exact_sender(rig: Rig) -> None:
    rig.plain("rrs", bytes.fromhex("91000300040a2338636303"), port=45678)
    assert rig.sent() == [
        Outgoing(
            bytes.fromhex("91008000090a2338630000000708d203"),
            Peer("rrs", HOST, 45678),
            acknowledges=True,
        )
    ]


def test_a_second_registration_is_a_renewal(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.now = 900.0
    rig.plain("rrs", REGISTRATION)
    renewals = [e.renewal for e in rig.events() if isinstance(e, RadioRegistered)]
    assert renewals == [False, True]


def test_a_goodbye_ends_the_registration(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.events()
    rig.plain("rrs", bytes.fromhex("11000100040a2337facf03"))
    assert rig.events() == [
        RadioDeregistered(link="palanga-1", at=rig.at, radio=RADIO, site="Birutės kalnas")
    ]


def test_two_silent_periods_end_the_registration() -> None:
    rig = Rig(registration_period_s=100)
    rig.plain("rrs", REGISTRATION)
    rig.now = 100.0
    rig.plain("lp", hdap("08d003", bytes.fromhex("00000001 0a2337fa") + GPS))
    rig.events()
    rig.run(199.0)
    assert rig.events() == []
    rig.run(1.0)
    assert [e for e in rig.events() if isinstance(e, RadioDeregistered)] == [
        RadioDeregistered(
            link="palanga-1", at=rig.at, radio=RADIO, site="Birutės kalnas", expired=True
        )
    ]


def test_periodic_positions_are_asked_of_a_new_radio() -> None:
    rig = Rig(position_interval_s=60)
    rig.plain("rrs", REGISTRATION)
    rig.plain("rrs", REGISTRATION)
    asked = [each for each in rig.sent() if each.data[:1] == b"\x08"]
    assert [each.peer for each in asked] == [Peer("lp", HOST, 3003)]
    assert asked[0].data[1:5] == bytes.fromhex("c001002c")
    assert asked[0].data[9:13] == bytes.fromhex("0a2337fa")
    assert asked[0].data[13:49] == b"0" * 28 + b"00000100"


def test_the_link_comes_up_with_the_first_session_and_reports_health(rig: Rig) -> None:
    rig.plain("rrs1", bytes.fromhex("324200240000") + OPTIONS, port=30000)
    (up,) = rig.events()
    assert isinstance(up, LinkChanged)
    assert (up.state, up.site) == (LinkState.UP, "Birutės kalnas")
    rig.run(5.0)
    (health,) = [e for e in rig.base.events() if isinstance(e, LinkHealth)]
    assert (health.state, health.frames, health.refused) == (LinkState.UP, 1, 0)


FLOOD = [REGISTRATION, bytes.fromhex("324200240000") + OPTIONS, slot_status(0), b"", b"\xff" * 40]


def test_a_foreign_address_is_counted_and_never_answered(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    for frame in FLOOD:
        rig.plain("rrs1", frame, host="192.0.2.66")
    assert rig.events() == []
    assert rig.sent() == []
    assert len(caplog.records) == 1
    rig.run(5.0)
    (health,) = [e for e in rig.base.events() if isinstance(e, LinkHealth)]
    assert health.refused == len(FLOOD)
    assert health.state is LinkState.CONNECTING


def test_nonsense_is_counted_and_logged_once_a_second(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for n in range(200):
            rig.now = n / 100
            rig.plain("tmp", b"\x1b[2J\n" + bytes(100))
    assert len(caplog.records) == 2
    assert all(c.isprintable() for record in caplog.records for c in record.getMessage())
    assert "1b 5b 32 4a" in caplog.records[0].getMessage()
    assert rig.events() == []
    assert rig.sent() == []


def test_a_datagram_over_2048_octets_is_dropped(rig: Rig) -> None:
    rig.plain("tmp", hdap("0900a1", bytes(2043)))
    assert rig.events() == []


def test_every_service_has_the_ports_of_the_programming_software() -> None:
    assert DEFAULT_PORTS["repeater"]["tmp2"] == 30008
    assert DEFAULT_PORTS["radio"] == {"rrs": 3002, "lp": 3003, "tmp": 3004, "rcp": 3005}
    for name, port in DEFAULT_PORTS["repeater"].items():
        assert ENDPOINTS[name].slot == (1 if port % 2 else 2)
    assert ENDPOINTS["lp"] == (0x08, None)


def test_a_channel_that_is_no_timeslot_is_taken_for_that_of_the_port(rig: Rig) -> None:
    rig.connect("rcp2")
    rig.hstrp("rcp2", slot_status(0), bytes.fromhex("830400066b0e 04014d"))
    (started,) = rig.events()
    assert isinstance(started, CallStarted)
    assert started.slot == 2


def test_radio_number_zero_is_nobody(rig: Rig) -> None:
    rig.plain("rrs", hdap("110003", bytes(4)))
    assert rig.events(LinkChanged) == []
    assert rig.sent() == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rrs1", "lp1", "tmp1", "rcp1", "rrs", "lp", "tmp", "other"]),
            st.one_of(
                st.binary(max_size=90),
                st.builds(
                    lambda head, payload: hdap(head.hex(), payload),
                    st.builds(
                        lambda service, opcode: bytes((service,)) + opcode,
                        st.sampled_from([0x02, 0x08, 0x09, 0x11, 0x12, 0x14]),
                        st.one_of(
                            st.sampled_from([b"\xb0\x03", b"\x00\xa1", b"\x45\xb8", b"\x00\x03"]),
                            st.binary(min_size=2, max_size=2),
                        ),
                    ),
                    st.binary(max_size=70),
                ),
            ),
            st.floats(0, 30),
        ),
        max_size=12,
    )
)
def test_no_sequence_of_datagrams_raises(frames: list[tuple[str, bytes, float]]) -> None:
    rig = Rig(position_interval_s=30)
    rig.connect("rrs1", "tmp1")
    rig.command(SendText(command="t1", radio=RADIO, text="Labdien"))
    for endpoint, frame, pause in frames:
        rig.plain(endpoint, frame)
        rig.hstrp(endpoint, frame)
        rig.run(pause)
    rig.base.closed("stopping", rig.at)
    delivered = [e for e in rig.events() if isinstance(e, TextProgress)]
    assert all(e.state is not TextState.DELIVERED for e in delivered)


def test_voice_on_a_port_of_data_is_counted_apart(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    rig = Rig()
    captured = next(iter(json.loads((VECTORS / "rtp.json").read_text())))
    rig.plain("rcp1", bytes.fromhex(captured["hex"]))
    rig.plain("rcp2", bytes.fromhex(captured["hex"]))
    rig.plain("rcp1", bytes.fromhex("9000916e0000920d"))  # cut short
    rig.run(6.0)
    assert rig.sent() == []
    events = rig.base.events()
    assert [type(event) for event in events] == [LinkHealth]
    assert [e.malformed for e in events if isinstance(e, LinkHealth)] == [1]
    told = [r.getMessage() for r in caplog.records if "not listened to" in r.getMessage()]
    assert len(told) == 1
