"""What radios are to report by themselves: their place at an interval, and emergencies.

Radios forget it when they are switched off, so it is asked again after each registration.
"""

import logging
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from radio_gateway.adapters._mototrbo_air import Job, MototrboAir, Priority
from radio_gateway.adapters._mototrbo_config import MototrboConfig, Service
from radio_gateway.adapters._mototrbo_exchanges import SETTLING_S, Ask, Ended, Exchanges
from radio_gateway.adapters._recent import Recent
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.mototrbo.lrrp import (
    DocumentKind,
    Item,
    Report,
    Request,
    Token,
    build_document,
)
from radio_gateway.protocols.mototrbo.lrrp_report import Result, result_words
from radio_gateway.protocols.mototrbo.lrrp_request import EMERGENCY, request_id

log = logging.getLogger(__name__)

PERIODIC_ID: Final = bytes.fromhex("535a0001")
EMERGENCY_ID: Final = bytes.fromhex("535a0002")
"Fixed, so that a gateway that was started again knows the reports of requests before."
REMEMBERED: Final = 8192
TRIES: Final = 5
ARM_TRIES: Final = 8
ARMED_S: Final = 10.0
ARM_AGAIN_S: Final = 5.0
"""An emergency key that is pressed before the radio is asked to report it is not heard at all.

So this request is repeated sooner than others: after 15, 35, 65 s and so on, for a dozen minutes.
"""
INTERVALS_MISSED: Final = 2
"A refreshing radio that left out so many reports is asked again."
_FOREIGN_S: Final = 3600.0
_WANTED: Final = (
    Item(Token.RETURN_ACCURACY_AND_TIME),
    Item(Token.REQUEST_HEADING),
    Item(Token.REQUEST_SPEED),
)


@dataclass(slots=True)
class _Armed:
    """What one radio has been asked for."""

    interval_s: int | None
    "Wanted by the dispatcher or the configuration; None or 0: no reports."
    emergency: bool = False
    "Whether it confirmed, or refused for good."
    reported_at: float | None = None


class MototrboTriggers:
    """Keeps every radio's triggers as they are wanted."""

    def __init__(self, config: MototrboConfig, exchanges: Exchanges, air: MototrboAir) -> None:
        self._config = config
        self._exchanges = exchanges
        self._air = air
        self._armed: OrderedDict[RadioId, _Armed] = OrderedDict()
        self._foreign = Recent(_FOREIGN_S)

    def registered(self, radio: RadioId, at: Moment, *, initial: bool) -> None:
        """Arm a radio that was switched on, or whose reports stayed away."""
        armed = self._of(radio)
        if initial:
            armed.emergency, armed.reported_at = False, None
        if self._config.emergency_trigger and not armed.emergency:
            ended = partial(self._emergency_ended, radio)
            self._start(radio, EMERGENCY_ID, _emergency(), ended, at, delay_s=SETTLING_S)
        if armed.interval_s and self._silent(armed, at):
            self.set_interval(radio, armed.interval_s, at, ours=True, delay_s=SETTLING_S)

    def set_interval(
        self,
        radio: RadioId,
        interval_s: int,
        at: Moment,
        ended: Ended = lambda *_: None,
        *,
        ours: bool = False,
        delay_s: float = 0.0,
    ) -> None:
        """Ask for reports at this interval; 0 stops them."""
        self._of(radio).interval_s = interval_s
        priority = Priority.UPKEEP if ours else Priority.COMMAND
        if interval_s == 0:
            self._stop(radio, PERIODIC_ID, priority, ended, at)
            return

        def answered(result: int | None, fault: str | None, now: Moment) -> None:
            if result == Result.ALREADY_ACTIVE:
                self._stop(radio, PERIODIC_ID, priority, start_again, now)
            else:
                ended(result, fault, now)

        def start_again(_: int | None, fault: str | None, now: Moment) -> None:
            if fault is None and self._of(radio).interval_s == interval_s:
                self._start(radio, PERIODIC_ID, document, ended, now, priority, delay_s=SETTLING_S)
            else:
                ended(None, fault or "asked again", now)

        document = _periodic(interval_s)
        self._start(radio, PERIODIC_ID, document, answered, at, priority, delay_s=delay_s)

    def reported(self, radio: RadioId, report: Report, at: Moment) -> None:
        """A report came; one that nobody here asked for is stopped, once."""
        request = report.request
        if request == PERIODIC_ID:
            self._of(radio).reported_at = at.mono
        elif request is not None and not self._foreign.seen((radio, request), at.mono):
            short = report.request_short
            name = Item(Token.REQUEST_ID_SHORT, request[0]) if short else request_id(request)
            document = build_document(Request(DocumentKind.STOP_REQUEST, (name,)))
            self._air.submit(Job(radio, Service.LRRP, document, Priority.UPKEEP), at)

    def _of(self, radio: RadioId) -> _Armed:
        armed = self._armed.setdefault(radio, _Armed(self._config.position_interval_s))
        self._armed.move_to_end(radio)
        if len(self._armed) > REMEMBERED:
            self._armed.popitem(last=False)
        return armed

    def _silent(self, armed: _Armed, at: Moment) -> bool:
        if armed.reported_at is None or armed.interval_s is None:
            return True
        return at.mono - armed.reported_at > INTERVALS_MISSED * armed.interval_s

    def _emergency_ended(
        self, radio: RadioId, result: int | None, fault: str | None, at: Moment
    ) -> None:
        del at
        if result in (Result.OK, Result.ALREADY_ACTIVE):
            self._of(radio).emergency = True
        elif result is not None:
            self._of(radio).emergency = result == Result.NOT_UNDERSTOOD
            words, name = result_words(result), self._config.name
            log.warning("%s: radio %d: no emergency reports: %s", name, radio.number, words)
        elif fault is not None:
            log.info(
                "%s: radio %d: no emergency reports: %s", self._config.name, radio.number, fault
            )

    def _start(
        self,
        radio: RadioId,
        identity: bytes,
        document: bytes,
        ended: Ended,
        at: Moment,
        priority: Priority = Priority.EMERGENCY_TRIGGER,
        *,
        delay_s: float,
    ) -> None:
        tries = 2 if priority is Priority.COMMAND else TRIES
        answer = DocumentKind.START_ANSWER
        ask = Ask(radio, Service.LRRP, document, answer, identity, priority, ended, tries)
        if priority is Priority.EMERGENCY_TRIGGER:
            ask = replace(ask, tries=ARM_TRIES, answer_s=ARMED_S, pause_s=ARM_AGAIN_S)
        self._exchanges.begin(ask, at, delay_s=delay_s)

    def _stop(
        self, radio: RadioId, identity: bytes, priority: Priority, ended: Ended, at: Moment
    ) -> None:
        document = build_document(Request(DocumentKind.STOP_REQUEST, (request_id(identity),)))
        answer = DocumentKind.STOP_ANSWER
        ask = Ask(radio, Service.LRRP, document, answer, identity, priority, ended, tries=2)
        self._exchanges.begin(ask, at)


def _periodic(interval_s: int) -> bytes:
    trigger = (Item(Token.TRIGGER), Item(Token.INTERVAL, interval_s))
    items = (request_id(PERIODIC_ID), *_WANTED, *trigger)
    return build_document(Request(DocumentKind.START_REQUEST, items))


def _emergency() -> bytes:
    trigger = (Item(Token.TRIGGER), Item(Token.CONDITION, EMERGENCY))
    items = (request_id(EMERGENCY_ID), Item(Token.RETURN_ACCURACY_AND_TIME), *trigger)
    return build_document(Request(DocumentKind.START_REQUEST, items))


def immediate(identity: bytes) -> bytes:
    """The request for a report at once."""
    return build_document(Request(DocumentKind.IMMEDIATE_REQUEST, (request_id(identity), *_WANTED)))
