"""Making records of what is heard of calls: many beginnings, aliases and ends stored together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.calls.names import Named, Names
from dispatch.calls.receptions import kept
from dispatch.calls.repository import CallRepository
from dispatch.calls.schemas import CallView
from dispatch.db.types import storable
from dispatch.live.log import News
from dispatch.shared import Shared
from radio_gateway.domain.events import CallEnded, CallStarted, TalkerAliasHeard

CallEvent: TypeAlias = CallStarted | TalkerAliasHeard | CallEnded
Record: TypeAlias = dict[str, Any]
"Columns of a call record by name."

_OF_THE_END: Final = (
    *("ended_at", "duration_s", "end_reason", "ber_percent", "rssi_dbm", "loss_percent"),
    *("receptions", "talker_alias"),
)
"What a beginning does not know."
_KEPT: Final = frozenset({"call", "gateway", "radio_id", "unit_id", "agency_id"})
"What a known record keeps when its end comes."


class Heard(NamedTuple):
    """What a gateway says of a call, and the rows that it belongs to."""

    event: CallEvent
    rows: Record
    """`gateway`, `radio_id`, `unit_id`, `talkgroup_id`, `called_radio_id`, `agency_id`; nothing
    with an alias, which only changes a record."""


async def record(session: AsyncSession, shared: Shared, heard: Sequence[Heard]) -> None:
    """Store what is heard in this order, and log it.

    A beginning of a known call changes nothing, be it known by its end. An end makes a record
    without a beginning; it replaces one that was only concluded, which has no duration. An alias
    of an unknown call, or one that the record has already, changes nothing.
    """
    repository = CallRepository(session)
    known = await repository.known({one.event.call for one in heard})
    new = dict.fromkeys(one.event.call for one in heard if one.rows and one.event.call not in known)
    named = _named([one.rows for one in heard if one.rows], known.values())
    book = _Book(
        known,
        dict(zip(new, await repository.new_ids(len(new)), strict=True)),
        await repository.names(named),
    )
    for one in heard:
        match one.event:
            case CallStarted():
                book.start(one.event, one.rows)
            case TalkerAliasHeard():
                book.set_alias(one.event)
            case CallEnded():
                book.end(one.event, one.rows)
    await repository.add([book.records[call] for call in new if call in book.records])
    await repository.change(
        [known_record for call, known_record in book.records.items() if call in book.changed]
    )
    if book.news:
        await shared.log.append_all(session, book.news)


@dataclass(slots=True)
class _Book:
    """Records of the calls that a batch speaks of, as they become event by event."""

    records: dict[str, Record]
    "By key of the call."
    ids: Mapping[str, int]
    "Of those that have no record yet."
    names: Names
    changed: set[str] = field(default_factory=set)
    "Had a record before, which is another one now."
    news: list[News] = field(default_factory=list)

    def start(self, event: CallStarted, rows: Record) -> None:
        if event.call in self.records:
            return
        record = {**rows, **_common(event), "started_at": event.at.utc}
        record |= dict.fromkeys(_OF_THE_END)
        self._add(record)
        self._tell("call.started", record)

    def set_alias(self, event: TalkerAliasHeard) -> None:
        record, alias = self.records.get(event.call), _shortened(event.alias)
        if record is None or record["talker_alias"] == alias:
            return
        record["talker_alias"] = alias
        record["words"] = self.names.words(record)
        self._note(event.call)
        self._tell("call.changed", record)

    def end(self, event: CallEnded, rows: Record) -> None:
        ended = {**rows, **_common(event), **_ending(event)}
        record = self.records.get(event.call)
        if record is None:
            self._add(ended)
            self._tell("call.ended", ended)
            return
        if record["ended_at"] is not None and record["duration_s"] is not None:
            return
        if ended["talker_alias"] is None:
            # the words of the beginning may know an alias, too
            ended["talker_alias"] = record["talker_alias"]
        else:
            record["words"] = self.names.words(ended)
        record |= {name: value for name, value in ended.items() if name not in _KEPT}
        self._note(event.call)
        self._tell("call.ended", record)

    def _add(self, record: Record) -> None:
        record["id"] = self.ids[record["call"]]
        record["words"] = self.names.words(record)
        self.records[record["call"]] = record

    def _note(self, call: str) -> None:
        if call not in self.ids:
            self.changed.add(call)

    def _tell(self, type_: str, record: Record) -> None:
        self.news.append(News(type_, CallView.model_validate(record), record["agency_id"]))


def _named(rows: Iterable[Record], known: Iterable[Record]) -> Named:
    radios: set[int] = set()
    units: set[int] = set()
    talkgroups: set[int] = set()
    for one in (*rows, *known):
        radios.add(one["radio_id"])
        for wanted, key in (
            (radios, one["called_radio_id"]),
            (units, one["unit_id"]),
            (talkgroups, one["talkgroup_id"]),
        ):
            if key is not None:
                wanted.add(key)
    return Named(radios, units, talkgroups)


def _common(event: CallStarted | CallEnded) -> Record:
    return {
        "call": event.call,
        "link": event.link,
        "site": event.site,
        "kind": event.kind.value,
        "slot": event.slot,
        "colour_code": event.colour_code,
        "late_entry": event.late_entry,
        "emergency": event.emergency,
        "encrypted": event.encrypted,
        "conversation": event.conversation,
    }


def _ending(event: CallEnded) -> Record:
    return {
        "started_at": event.started_at,
        "ended_at": event.started_at + timedelta(seconds=event.duration_s),
        "duration_s": event.duration_s,
        "end_reason": event.reason.value,
        "ber_percent": event.ber_percent,
        "rssi_dbm": event.rssi_dbm,
        "loss_percent": event.loss_percent,
        "receptions": kept(event.receptions),
        "talker_alias": _shortened(event.talker_alias) if event.talker_alias else None,
    }


def _shortened(alias: str) -> str:
    return storable(alias)[:64]
