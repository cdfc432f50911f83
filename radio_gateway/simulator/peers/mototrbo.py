"""MOTOTRBO radios behind a control station, as a gateway meets them.

Sans-I/O: the owner feeds datagrams with the radio that they are addressed to, and the time; it
carries what `outgoing` gives, from the radio's address. All chance comes from the `Random` that
is passed in, so that a seed tells the whole story.
"""

import heapq
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count
from random import Random
from typing import Final, TypeAlias

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.mototrbo import ars, lrrp, tms
from radio_gateway.protocols.mototrbo.lrrp import DocumentKind, Report, Request, Token
from radio_gateway.protocols.mototrbo.lrrp_report import Result
from radio_gateway.protocols.mototrbo.lrrp_request import EMERGENCY
from radio_gateway.simulator.peers._mototrbo_state import (
    MototrboFix,
    MototrboRadio,
    MototrboSetup,
)

__all__ = ["MototrboFleet", "MototrboSetup"]

TextHeard: TypeAlias = Callable[[int, str, float], None]
"Told when a radio shows a text from the dispatcher: (radio, text, now)."

TEXT_TRIES: Final = 4
AIR_TRIES: Final = 4
"Confirmed data: a transmission that nobody heard is repeated by the radio itself."
AIR_PAUSE_S: Final = 0.5
SHOWN_S: Final = 7200.0
"A repeated text is told from a new one for as long as a dispatcher may repeat it."
REFRESH_AT: Final = 0.9
"Share of its registration after which a radio renews it."


class MototrboFleet:
    """All radios of one system."""

    def __init__(self, setup: MototrboSetup, rng: Random, on_text: TextHeard | None = None) -> None:
        self._setup = setup
        self._rng = rng
        self._on_text = on_text or (lambda *_: None)
        self._radios: dict[int, MototrboRadio] = {}
        self._timers: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self._sent: list[tuple[str, int, bytes]] = []

    def register(self, radio: int, now: float) -> None:
        """A radio switches on; it registers until the gateway answers, and renews in time."""
        state = self._radios.setdefault(radio, MototrboRadio(radio))
        state.on = True
        state.registering += 1
        self._try_registration(state, ars.RegistrationEvent.INITIAL, state.registering, now)

    def deregister(self, radio: int, now: float) -> None:
        """A radio says goodbye and switches off."""
        state = self._radios[radio]
        self._from_air(state, "ars", ars.Deregistration().build(), now)
        state.forget()

    def vanish(self, radio: int) -> None:
        """A radio is gone without a word: battery out, or beyond reach."""
        self._radios[radio].forget()

    def place(
        self,
        radio: int,
        point: GeoPoint | None,
        fixed_at: datetime,
        now: float,
        *,
        speed_mps: float | None = None,
        heading_deg: float | None = None,
    ) -> None:
        """Say where a radio is, for all its later reports; None: no satellites."""
        fix = None
        if point is not None:
            fix = MototrboFix(point, fixed_at, now, speed_mps, heading_deg)
        self._radios[radio].fix = fix

    def armed(self, radio: int) -> int:
        """How many requests for reports a radio holds."""
        return len(self._radios[radio].triggers)

    def emergency(self, radio: int, now: float) -> None:
        """The emergency key: a report to whoever asked for one."""
        state = self._radios[radio]
        for trigger in list(state.triggers.values()):
            if trigger.condition == EMERGENCY:
                report = state.located(trigger, DocumentKind.TRIGGERED_REPORT, now)
                self._document(state, report, now)

    def text(self, radio: int, words: str, now: float) -> None:
        """A radio writes to the dispatcher; repeated until acknowledged."""
        state = self._radios[radio]
        state.sequence = (state.sequence + 1) % 32
        state.unanswered.add(state.sequence)
        octets = tms.Text.saying(words, state.sequence, wants_answer=True).build()
        self._try_text(state, state.sequence, octets, 1, now)

    def feed(self, endpoint: str, radio: int, datagram: bytes, now: float) -> None:
        """Take one datagram of the gateway to a radio.

        Raises:
            MalformedError: no radio would understand it.
        """
        state = self._radios.get(radio)
        match endpoint:
            case "ars":
                self._registration(state, ars.parse_ars(datagram), now)
            case "lrrp":
                for document in lrrp.parse_lrrp(datagram):
                    if isinstance(document, Request) and state is not None:
                        self._over_the_air(state, partial(self._locate, state, document), now)
            case "tms":
                message = tms.parse_tms(datagram)
                if state is not None:
                    self._over_the_air(state, partial(self._message, state, message), now)

    def feed_group(self, datagram: bytes, now: float) -> None:
        """Take a text of the gateway to a talkgroup that all radios listen to."""
        message = tms.parse_tms(datagram)
        for state in list(self._radios.values()):
            self._over_the_air(state, partial(self._message, state, message), now)

    def expire(self, now: float) -> None:
        """Let everything happen that is due."""
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2](now)

    def deadline(self) -> float | None:
        """When `expire` wants to be called next."""
        return self._timers[0][0] if self._timers else None

    def outgoing(self) -> list[tuple[str, int, bytes]]:
        """Datagrams for the gateway since the last call: (endpoint, radio, octets)."""
        sent, self._sent = self._sent, []
        return sent

    def _try_registration(
        self, state: MototrboRadio, event: ars.RegistrationEvent, attempt: int, now: float
    ) -> None:
        if state.registering != attempt:
            return
        self._from_air(state, "ars", ars.Registration(event, str(state.number)).build(), now)
        again = partial(self._try_registration, state, event, attempt)
        self._later(now + self._setup.retry_s, again)

    def _registration(
        self, state: MototrboRadio | None, message: ars.ArsMessage, now: float
    ) -> None:
        if state is None:
            return
        match message:
            case ars.Answer(success=True):
                self._over_the_air(state, partial(self._registered, state, message), now)
            case ars.Query():
                answer = ars.Answer().build()
                reply = partial(self._from_air, state, "ars", answer)
                self._over_the_air(state, reply, now)

    def _registered(self, state: MototrboRadio, answer: ars.Answer, now: float) -> None:
        state.registering += 1
        if answer.refresh_minutes:
            renew = partial(
                self._try_registration, state, ars.RegistrationEvent.REFRESH, state.registering
            )
            self._later(now + REFRESH_AT * 60 * answer.refresh_minutes, renew)

    def _locate(self, state: MototrboRadio, request: Request, now: float) -> None:
        identity = request.id or b""
        match request.kind:
            case DocumentKind.IMMEDIATE_REQUEST:
                report = state.located(request, DocumentKind.IMMEDIATE_REPORT, now)
                self._document(state, report, now)
            case DocumentKind.START_REQUEST:
                known = identity in state.triggers
                result = Result.ALREADY_ACTIVE if known else Result.OK
                answer = Report(DocumentKind.START_ANSWER, request.id, result=result)
                self._document(state, answer, now)
                if not known:
                    self._arm(state, request, now)
            case DocumentKind.STOP_REQUEST:
                state.triggers.pop(identity, None)
                answer = Report(DocumentKind.STOP_ANSWER, request.id, result=Result.OK)
                self._document(state, answer, now)

    def _arm(self, state: MototrboRadio, request: Request, now: float) -> None:
        if any(item.token is Token.ONE_SHOT for item in request.items):
            self._document(state, state.located(request, DocumentKind.TRIGGERED_REPORT, now), now)
            return
        state.triggers[request.id or b""] = request
        if request.interval_s:
            self._later(now + request.interval_s, partial(self._periodic, state, request))

    def _periodic(self, state: MototrboRadio, request: Request, now: float) -> None:
        if state.triggers.get(request.id or b"") is not request or not request.interval_s:
            return
        self._document(state, state.located(request, DocumentKind.TRIGGERED_REPORT, now), now)
        self._later(now + request.interval_s, partial(self._periodic, state, request))

    def _message(self, state: MototrboRadio, message: tms.TmsMessage, now: float) -> None:
        match message:
            case tms.TextAnswer(sequence=sequence) if sequence is not None:
                state.unanswered.discard(sequence)
            case tms.Text(sequence=sequence) if sequence is not None:
                at, octets = state.shown.get(sequence, (float("-inf"), b""))
                if now - at > SHOWN_S or octets != message.octets:
                    self._on_text(state.number, message.text, now)
                state.shown[sequence] = now, message.octets
                if message.wants_answer:
                    answer = tms.TextAnswer(sequence & 0x1F, reserved=not message.reserved)
                    self._from_air(state, "tms", answer.build(), now)
            case _:
                return

    def _try_text(
        self, state: MototrboRadio, sequence: int, octets: bytes, attempt: int, now: float
    ) -> None:
        if sequence not in state.unanswered:
            return
        self._from_air(state, "tms", octets, now)
        if attempt == TEXT_TRIES:
            state.unanswered.discard(sequence)
            return
        again = partial(self._try_text, state, sequence, octets, attempt + 1)
        self._later(now + self._setup.retry_s, again)

    def _document(self, state: MototrboRadio, report: Report, now: float) -> None:
        self._from_air(state, "lrrp", lrrp.build_document(report), now)

    def _from_air(
        self, state: MototrboRadio, endpoint: str, octets: bytes, now: float, attempt: int = 1
    ) -> None:
        """A radio transmits; what nobody heard it transmits again, a few times."""
        if not state.on:
            return
        if not self._lost():
            self._sent.append((endpoint, state.number, octets))
        elif attempt < AIR_TRIES:
            again = partial(self._from_air, state, endpoint, octets, attempt=attempt + 1)
            self._later(now + AIR_PAUSE_S, again)

    def _over_the_air(self, state: MototrboRadio, act: Callable[[float], None], now: float) -> None:
        """Let a radio act on what it was sent, if it hears it."""
        if not state.on or self._lost():
            return

        def arrive(at: float) -> None:
            if state.on:
                act(at)

        self._later(now + self._rng.uniform(*self._setup.delay_s), arrive)

    def _lost(self) -> bool:
        return self._rng.random() < self._setup.air_loss

    def _later(self, when: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self._timers, (when, next(self._order), act))
