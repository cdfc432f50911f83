"""Topics of the broker. Names that go into one are checked: no wildcard, no level, no control.

sardze/v1/<gateway>/event/<kind>      gateway -> dispatch, an array of envelopes
sardze/v1/<gateway>/command/<kind>    dispatch -> gateway, one envelope
sardze/v1/<gateway>/receipt           dispatch -> gateway
sardze/v1/<gateway>/status            gateway -> dispatch, retained, also its last will
sardze/v1/_dispatch/passing           dispatch's writer -> dispatch's servers
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ROOT: Final = "sardze/v1"
EVENTS: Final = f"{ROOT}/+/event/+"
"Filter: the events of every gateway."
ALARMS: Final = f"{ROOT}/+/event/emergency_raised"
"Filter: the alarms of every gateway."
STATUSES: Final = f"{ROOT}/+/status"
"Filter: the reports of every gateway."
PASSING: Final = f"{ROOT}/_dispatch/passing"
"No gateway can have this name: a gateway's begins with a letter or digit."
WRITER: Final = f"{ROOT}/_dispatch/writer"

_GATEWAY: Final = re.compile(r"[0-9a-z][0-9a-z_-]{0,63}")
_KIND: Final = re.compile(r"[a-z][0-9a-z_]{0,63}")


class Subject(StrEnum):
    """What a message of a gateway's topics is."""

    EVENT = "event"
    COMMAND = "command"
    RECEIPT = "receipt"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Address:
    """A topic, taken apart."""

    gateway: str
    subject: Subject
    kind: str = ""
    "Of the event or command."


def event(gateway: str, kind: str) -> str:
    """Where a gateway publishes events of one kind; ValueError for an unusable name."""
    return f"{ROOT}/{_gateway(gateway)}/{Subject.EVENT}/{_kind(kind)}"


def command(gateway: str, kind: str) -> str:
    """Where a gateway gets commands of one kind; ValueError for an unusable name."""
    return f"{ROOT}/{_gateway(gateway)}/{Subject.COMMAND}/{_kind(kind)}"


def commands(gateway: str) -> str:
    """Filter: all commands for one gateway; ValueError for an unusable name."""
    return f"{ROOT}/{_gateway(gateway)}/{Subject.COMMAND}/+"


def receipt(gateway: str) -> str:
    """Where a gateway gets receipts; ValueError for an unusable name."""
    return f"{ROOT}/{_gateway(gateway)}/{Subject.RECEIPT}"


def status(gateway: str) -> str:
    """Where a gateway reports on itself; ValueError for an unusable name."""
    return f"{ROOT}/{_gateway(gateway)}/{Subject.STATUS}"


def parse(topic: str) -> Address:
    """Take a gateway's topic apart; ValueError when it is none."""
    match topic.removeprefix(f"{ROOT}/").split("/"):
        case [gateway, (Subject.EVENT | Subject.COMMAND) as subject, kind]:
            found = Address(_gateway(gateway), Subject(subject), _kind(kind))
        case [gateway, (Subject.RECEIPT | Subject.STATUS) as subject]:
            found = Address(_gateway(gateway), Subject(subject))
        case _:
            raise ValueError(f"no topic of a gateway: {topic!r}")
    if not topic.startswith(f"{ROOT}/"):
        raise ValueError(f"no topic of a gateway: {topic!r}")
    return found


def _gateway(name: str) -> str:
    if not _GATEWAY.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a gateway: small letters, digits, - and _")
    return name


def _kind(name: str) -> str:
    if not _KIND.fullmatch(name):
        raise ValueError(f"{name!r} is no kind of event or command")
    return name
