"""A host program that is not ours logs in, and what it carries stands in the call log."""

import httpx
import pytest

from tests.e2e.conftest import PASSPHRASE, REPEATER
from tests.e2e.system import items, until
from tests.fakes.mmdvm_host import RADIO, TALKGROUP, LoginRefusedError, MmdvmHost


def test_an_outside_host_is_accepted_and_its_call_is_logged(
    desk: httpx.Client, host: MmdvmHost
) -> None:
    assert host.ping() == b"MSTPONG" + REPEATER.to_bytes(4, "big")
    host.talk(b"\x8a\x01\x02\x03", frames=24)

    call = until(lambda: [c for c in items(desk, "/api/calls") if c["ended_at"]], "a call")[0]
    radios = {radio["id"]: radio for radio in items(desk, "/api/radios")}
    talkgroups = {group["id"]: group for group in items(desk, "/api/talkgroups")}
    assert radios[call["radio_id"]]["number"] == RADIO
    assert talkgroups[call["talkgroup_id"]]["number"] == TALKGROUP
    assert call["kind"] == "group"
    assert call["slot"] == 2
    assert call["site"] == "Centrs"
    assert call["end_reason"] == "terminator"
    assert call["duration_s"] == pytest.approx(24 * 0.060)
    assert call["encrypted"] is True
    assert call["late_entry"] is False
    assert call["rssi_dbm"] == pytest.approx(-57)
    assert call["loss_percent"] == pytest.approx(0)


def test_a_transmission_heard_from_its_middle_is_a_late_entry(
    desk: httpx.Client, host: MmdvmHost
) -> None:
    host.hum(b"\x8a\x01\x02\x04", frames=7)
    call = until(lambda: [c for c in items(desk, "/api/calls") if c["ended_at"]], "a call")[0]
    assert call["late_entry"] is True
    assert call["end_reason"] == "lost"


def test_a_wrong_passphrase_and_an_unknown_repeater_are_refused(
    desk: httpx.Client, radio_port: int
) -> None:
    for repeater, word in ((REPEATER, "wrong"), (REPEATER + 1, PASSPHRASE)):
        program = MmdvmHost(("127.0.0.1", radio_port), repeater, word.encode())
        with pytest.raises(LoginRefusedError):
            program.log_in()
        program.close()
    assert not [x for x in items(desk, "/api/links") if x["site"] and x["state"] == "up"]


def test_forged_and_oversized_datagrams_change_nothing(
    desk: httpx.Client, host: MmdvmHost, radio_port: int
) -> None:
    forger = MmdvmHost(("127.0.0.1", radio_port), REPEATER, b"", source="127.0.0.2")
    forger.talk(b"\x66\x66\x66\x66", frames=6)
    forger.send(b"RPTCL" + REPEATER.to_bytes(4, "big"))
    forger.send(b"DMRD" + bytes(4000))
    forger.close()

    assert host.ping() == b"MSTPONG" + REPEATER.to_bytes(4, "big")
    host.talk(b"\x8a\x01\x02\x05", frames=6)
    until(lambda: items(desk, "/api/calls"), "the true call")
    assert len(items(desk, "/api/calls")) == 1


def test_hosts_that_come_back_on_another_port_log_in_again(
    desk: httpx.Client, host: MmdvmHost, radio_port: int
) -> None:
    again = MmdvmHost(("127.0.0.1", radio_port), REPEATER, PASSPHRASE.encode())
    again.log_in()
    assert again.ping() == b"MSTPONG" + REPEATER.to_bytes(4, "big")
    assert host.ping() == b"MSTNAK" + REPEATER.to_bytes(4, "big")
    again.close()
