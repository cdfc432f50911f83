"""Calls on a Kenwood base whose configuration names the talkgroup that caller ids leave out."""

from dataclasses import replace

import pytest

from radio_gateway.domain.events import CallEnded, CallStarted
from radio_gateway.domain.ids import TalkgroupId
from tests.fakes.kenwood_station import CONFIG, Station


@pytest.mark.parametrize(
    ("begin", "end", "network"),
    [
        (b"\x02gI1U00103U00103\x03", b"\x02gI0U00103U00103\x03", "klaipeda/nxdn"),
        (b"\x02I110018141001814\x03", b"\x02I010018141001814\x03", "klaipeda/fleetsync"),
    ],
)
def test_calls_belong_to_the_talkgroup_of_the_base(begin: bytes, end: bytes, network: str) -> None:
    station = Station(replace(CONFIG, talkgroup=301))
    started = [one for one in station.hear(begin) if isinstance(one, CallStarted)]
    ended = [one for one in station.hear(end, after=2.0) if isinstance(one, CallEnded)]
    assert [one.talkgroup for one in started] == [TalkgroupId(network, 301)]
    assert [one.talkgroup for one in ended] == [TalkgroupId(network, 301)]


def test_without_a_setting_calls_name_no_talkgroup() -> None:
    station = Station()
    told = station.hear(b"\x02gI1U00103U00103\x03") + station.hear(
        b"\x02gI0U00103U00103\x03", after=2.0
    )
    calls = [one for one in told if isinstance(one, CallStarted | CallEnded)]
    assert [one.talkgroup for one in calls] == [None, None]
