"""Whatever comes in whichever order and company: the same records, told in the same order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from dispatch.calls.filters import CallFilter
from dispatch.calls.models import CallRecord
from dispatch.calls.service import close_overdue, search
from dispatch.live.log import read_log
from dispatch.live.scope import EVERYTHING
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    CallReception,
    CallStarted,
    Event,
    LinkChanged,
    LinkState,
    RadioRegistered,
    TalkerAliasHeard,
    TextReceived,
)
from radio_gateway.domain.wire import EventEnvelope
from tests.dispatch.world import GROUP, LINK, OURS, START, THEIRS, World, envelope, moment

CALLS = 12
ALIASES = ("Kaspars Ozols", "Ieva \u0160ulca", "7. ekip\u0101\u017ea")
WORDS_OF = {
    ALIASES[0]: {"kaspars", "ozols"},
    ALIASES[1]: {"ieva", "sulca"},
    ALIASES[2]: {"7", "ekipaza"},
    None: set[str](),
}
"What a search finds an alias by, written by hand."

RECEPTIONS: list[tuple[tuple[CallReception, ...], list[dict[str, Any]]]] = [
    ((), []),
    ((CallReception(site="Karosta", rssi_dbm=-71.0),), []),
    (
        (
            CallReception(
                site="Karosta", duration_s=1.98, ber_percent=0.4, rssi_dbm=-71.0, loss_percent=0.0
            ),
            CallReception(site='Grobi\u0146a "2"', duration_s=0.66, ber_percent=2.1),
            CallReception(),
        ),
        [
            {
                "site": "Karosta",
                "duration_s": 1.98,
                "rssi_dbm": -71.0,
                "ber_percent": 0.4,
                "loss_percent": 0.0,
            },
            {
                "site": 'Grobi\u0146a "2"',
                "duration_s": 0.66,
                "rssi_dbm": None,
                "ber_percent": 2.1,
                "loss_percent": None,
            },
            {
                "site": None,
                "duration_s": 0.0,
                "rssi_dbm": None,
                "ber_percent": None,
                "loss_percent": None,
            },
        ],
    ),
]
"What is told of them, and what is shown, written by hand."


@dataclass
class Model:
    """What the records have to be, by the plainest reading of the rules."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        if isinstance(event, CallStarted):
            if event.call not in self.records:
                self._tell("call.started", self._new(event, "2026-03-01T08:00:00.000Z"))
        elif isinstance(event, TalkerAliasHeard):
            record = self.records.get(event.call)
            if record is not None and record["talker_alias"] != event.alias:
                record["talker_alias"] = event.alias
                self._tell("call.changed", record)
        elif isinstance(event, CallEnded):
            self._end(event)

    def _new(self, event: CallStarted | CallEnded, started_at: str) -> dict[str, Any]:
        ours = event.radio == OURS
        record = self.records[event.call] = {
            "call": event.call,
            "kind": event.kind.value,
            "radio_id": 1 if ours else 2,
            "unit_id": 1 if ours else 2,
            "agency_id": 1 if ours else 2,
            "talkgroup_id": 1 if event.talkgroup is not None else None,
            "called_radio_id": None if event.called is None else 1,
            "started_at": started_at,
            "ended_at": None,
            "duration_s": None,
            "end_reason": None,
            "slot": event.slot,
            "late_entry": event.late_entry,
            "rssi_dbm": None,
            "receptions": [],
            "talker_alias": None,
        }
        return record

    def _end(self, event: CallEnded) -> None:
        record = self.records.get(event.call)
        if record is None:
            record = self._new(event, "")
        elif record["ended_at"] is not None and record["duration_s"] is not None:
            return
        # the call began one second into the hour and lasted for two
        record |= {
            "started_at": "2026-03-01T08:00:01.000Z",
            "ended_at": "2026-03-01T08:00:03.000Z",
            "duration_s": 2.0,
            "end_reason": "terminator",
            "slot": event.slot,
            "late_entry": event.late_entry,
            "rssi_dbm": event.rssi_dbm,
            "receptions": next(shown for told, shown in RECEPTIONS if told == event.receptions),
            "talker_alias": event.talker_alias or record["talker_alias"],
        }
        self._tell("call.ended", record)

    def _tell(self, type_: str, record: dict[str, Any]) -> None:
        self.told.append((type_, dict(record)))


def events_of(number: int, chance: random.Random) -> Iterator[Event]:
    """What a gateway may say of one call; a part of it, and some of it more than once."""
    private = number % 3 == 0
    call: dict[str, Any] = {
        "call": f"c{number}",
        "kind": CallKind.PRIVATE if private else CallKind.GROUP,
        "radio": THEIRS if private else OURS,
        "talkgroup": None if private else GROUP,
        "called": OURS if private else None,
        "conversation": f"exchange{number}",
    }
    said: list[Event] = [
        CallStarted(link=LINK, at=moment(), slot=1, late_entry=number % 2 == 0, **call),
        CallEnded(
            link=LINK,
            at=moment(3),
            slot=chance.choice((1, 2)),
            started_at=START + timedelta(seconds=1),
            duration_s=2.0,
            reason=CallEndReason.TERMINATOR,
            rssi_dbm=chance.choice((None, -80.25)),
            talker_alias=chance.choice((None, *ALIASES)),
            receptions=chance.choice(RECEPTIONS)[0],
            **call,
        ),
        *(
            TalkerAliasHeard(link=LINK, at=moment(2), call=call["call"], radio=OURS, alias=alias)
            for alias in ALIASES[:2]
        ),
    ]
    for event in said:
        yield from [event] * chance.choice((0, 1, 1, 2))


def batches(seed: int) -> Iterator[list[EventEnvelope]]:
    """Everything mixed, other events and repeated envelopes between, cut at random."""
    chance = random.Random(seed)
    events: list[Event] = [one for n in range(CALLS) for one in events_of(n, chance)]
    events += [RadioRegistered(link=LINK, at=moment(4), radio=OURS)] * 3
    chance.shuffle(events)
    waiting = [envelope(one) for one in events]
    while waiting:
        size = chance.choice((1, 2, 5, 20))
        batch, waiting = waiting[:size], waiting[size:]
        yield batch + chance.sample(batch, len(batch) // 2)


@pytest.mark.parametrize("seed", range(8))
async def test_records_and_news_are_those_of_one_event_after_the_other(
    world: World, seed: int
) -> None:
    model = Model()
    met: set[str] = set()
    for batch in batches(seed):
        await world.store(batch)
        for one in batch:
            if one.id not in met:
                met.add(one.id)
                model.hear(one.event)
    told = world.told("call")
    assert [frame["type"] for frame in told] == [type_ for type_, _ in model.told]
    for frame, (_, expected) in zip(told, model.told, strict=True):
        assert {name: frame["data"][name] for name in expected} == expected
    async with world.database.read() as session:
        page = await search(session, CallFilter(), EVERYTHING, None, 200)
        rows = (await session.execute(select(col(CallRecord.call), col(CallRecord.words)))).all()
        (gateways,) = {*(await session.execute(select(col(CallRecord.gateway)))).scalars()}
    assert gateways == "gw"
    shown = {one.call: one.model_dump(mode="json") for one in page.items}
    assert shown.keys() == model.records.keys()
    for call, expected in model.records.items():
        assert {name: shown[call][name] for name in expected} == expected
    # ids rise in the order in which calls became known
    assert sorted(shown, key=lambda call: shown[call]["id"]) == list(model.records)
    found = {call: set(words.split()) for call, words in rows}
    for call, record in model.records.items():
        who = {"2340104", "1", "klaipeda" if record["radio_id"] == 2 else "liepaja"}
        conversation = {f"exchange{call.removeprefix('c')}"}
        assert found[call] == who | conversation | WORDS_OF[record["talker_alias"]], call


async def test_a_concluded_end_gives_way_within_a_batch_and_an_own_one_never(
    world: World,
) -> None:
    chance = random.Random(0)
    said = {type(one): one for one in events_of(1, random.Random(4))}
    start, end = said[CallStarted], said[CallEnded]
    assert isinstance(end, CallEnded)
    await world.hear(start)
    async with world.database.write() as session:
        await close_overdue(session, world.shared, START + timedelta(minutes=11))
    other = [one for one in events_of(1, chance) if isinstance(one, CallEnded)]
    await world.hear(start, end, *other, end)
    assert world.types("call") == ["call.started", "call.ended", "call.ended"]
    concluded, own = (one["data"] for one in world.told("call.ended"))
    assert (concluded["end_reason"], concluded["duration_s"]) == ("truncated", None)
    assert (own["end_reason"], own["duration_s"], own["id"]) == ("terminator", 2.0, concluded["id"])


async def test_a_link_that_comes_up_ends_only_what_was_told_before_it(world: World) -> None:
    def begun(call: str) -> CallStarted:
        return CallStarted(
            link=LINK, at=moment(), call=call, kind=CallKind.GROUP, radio=OURS, talkgroup=GROUP
        )

    text = TextReceived(link=LINK, at=moment(), radio=OURS, text="Klausos")
    up = LinkChanged(link=LINK, at=moment(10), state=LinkState.UP, reason="login accepted")
    await world.hear(begun("before"), text, up, begun("after"), text)
    async with world.database.read() as session:
        page = await search(session, CallFilter(), EVERYTHING, None, 200)
    assert {one.call: one.end_reason for one in page.items} == {
        "before": "truncated",
        "after": None,
    }
    told = [one["data"]["call"] for one in world.told("call")]
    assert told == ["before", "before", "after"]
    assert world.types("message") == ["message.created"] * 2


async def test_the_log_holds_octet_for_octet_what_a_list_shows(world: World) -> None:
    for batch in batches(99):
        await world.store(batch)
    async with world.database.read() as session:
        logged = await read_log(session, 0, 1000)
        page = await search(session, CallFilter(), EVERYTHING, None, 200)
    newest: dict[str, str] = {}
    for frame in logged:
        if '"type":"call.' in frame.json:
            data = frame.json.partition('"data":')[2][:-1]
            newest[data.partition('"call":"')[2].partition('"')[0]] = data
    assert newest == {one.call: one.model_dump_json() for one in page.items}
    assert {len(one.receptions) for one in page.items} == {0, 3}
    assert len(newest) > CALLS / 2
