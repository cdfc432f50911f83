"""Settings of Tait radios and MMDVM modems: what they become, and one clear error otherwise."""

from typing import Any

import pytest
from pydantic import ValidationError

from radio_gateway.adapters.kinds import mmdvm_modem, tait
from radio_gateway.adapters.kinds.base import SerialEndpoint
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Peer
from tests.fakes.mmdvm_modem import MmdvmModem
from tests.radio_gateway.support import moment

TAIT: dict[str, Any] = {
    "kind": "tait",
    "name": "silute",
    "network": "silute",
    "device": "/dev/ttyUSB0",
    "radio": 9000,
}
MODEM: dict[str, Any] = {
    "kind": "mmdvm-modem",
    "name": "nida",
    "network": "nida",
    "device": "/dev/ttyACM0",
    "colour_code": 7,
}


def no_entropy(count: int) -> bytes:
    raise AssertionError(f"nothing here needs {count} random octets")


def started(adapter: Adapter, modem: MmdvmModem) -> None:
    """Let the adapter find and set up a modem."""
    now: Moment = moment(0)
    adapter.opened(now)
    for _ in range(20):
        deadline = adapter.deadline()
        assert deadline is not None
        now = moment(max(now.mono, deadline))
        adapter.expire(now)
        while sent := adapter.outgoing():
            for frame in sent:
                adapter.feed(modem.answer(frame.data), Peer("serial"), now)


def test_a_tait_radio_has_one_port() -> None:
    settings = tait.TaitSettings(**TAIT, baud=19200)
    assert tait.KIND.endpoints(settings) == (
        SerialEndpoint("serial", "/dev/ttyUSB0", 19200, "N", 1, rts_cts=False),
    )
    assert tait.KIND.build(settings, no_entropy).deadline() is None, "nothing before it is opened"


def test_the_settings_of_a_modem_reach_it() -> None:
    settings = mmdvm_modem.ModemSettings(
        **MODEM, duplex=False, rx_frequency_hz=430_000_000, tx_frequency_hz=435_000_000
    )
    modem = MmdvmModem()
    started(mmdvm_modem.KIND.build(settings, no_entropy), modem)
    assert modem.frequencies.hex() == "008047a119c092ed19ff8047a119"
    assert (modem.configuration[0], modem.configuration[26]) == (0x80, 7)
    assert modem.mode == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rx_frequency_hz": 430_000_000}, "together, or neither"),
        ({"transmit": True}, "radio, the number to send from"),
        ({"rssi": ([100, -120], [100, -80])}, "rise from pair to pair"),
        ({"rssi": ([100],)}, "at least 2 items"),
        ({"colour_code": 16}, "less than or equal to 15"),
        ({"slot": 3}, "1 or 2"),
        ({"tx_delay_ms": 501}, "less than or equal to 500"),
    ],
)
def test_a_modem_that_would_refuse_is_refused_before(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        mmdvm_modem.ModemSettings(**MODEM | change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"radio": 0}, "greater than or equal to 1"),
        ({"fleet": "12345678"}, "match pattern"),
        ({"identities": {"12x": 5}}, "match pattern"),
        ({"identities": {"AAAABBBB": 5, "CCCCDDDD": 5}}, "one data identity"),
        ({"identities": {"5501": 9000}}, "own number for no other radio"),
        ({"emergency_statuses": frozenset({100})}, "less than or equal to 99"),
        ({"lead_in_ms": 10}, "greater than or equal to 20"),
    ],
)
def test_a_tait_radio_that_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        tait.TaitSettings(**TAIT | change)
