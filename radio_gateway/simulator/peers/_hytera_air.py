"""The radios behind a simulated Hytera base, and what gets lost on the air between."""

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import count
from random import Random
from typing import Final, TypeAlias

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.hytera import lp, rcp, rrs, tmp
from radio_gateway.protocols.hytera.frames import read_message
from radio_gateway.protocols.hytera.gps import gps_data
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.message import Message, RadioAddress
from radio_gateway.simulator.peers._hytera_state import HyteraSetup, SimulatedRadio

TextHeard: TypeAlias = Callable[[int, str, float], None]
"Told when a radio shows a text from the dispatcher: (radio, text, now)."

RETRY_S: Final = 5.0
TEXT_TRIES: Final = 4
EMERGENCY_EVERY_S: Final = 10.0
HANG_S: Final = 3.0


class HyteraAir(ABC):
    """What repeater and radio have in common: the radios behind them."""

    def __init__(
        self,
        setup: HyteraSetup,
        rng: Random,
        ports: Mapping[str, tuple[Service, int]],
        on_text: TextHeard | None = None,
    ) -> None:
        self._setup = setup
        self._rng = rng
        self._ports = ports
        self._on_text = on_text or (lambda *_: None)
        self._radios: dict[int, SimulatedRadio] = {}
        self._timers: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = count()
        self._requests = count(1)
        self._unanswered_texts: set[int] = set()
        self._calls: dict[int, int] = {}
        "Calls begun on each timeslot; the last one has it."

    def register(self, radio: int, now: float, *, slot: int = 1) -> None:
        """A radio switches on; it registers until the gateway answers, and renews in time."""
        state = self._radios.setdefault(radio, SimulatedRadio(radio, slot))
        state.on, state.slot = True, slot
        state.registering += 1
        self._try_registration(state, state.registering, now)

    def deregister(self, radio: int, now: float) -> None:
        """A radio says goodbye and switches off."""
        state = self._radios[radio]
        self._from_air(state, rrs.Deregistration(self._address(radio)), now)
        self.vanish(radio)

    def vanish(self, radio: int) -> None:
        """A radio is gone without a word: battery out, or beyond reach."""
        state = self._radios[radio]
        state.on = state.emergency = False
        state.interval_s = 0
        state.registering += 1

    def place(
        self,
        radio: int,
        point: GeoPoint | None,
        now: float,
        *,
        fixed_at: datetime | None = None,
        speed_knots: float | None = None,
        course_deg: float | None = None,
        valid: bool = True,
    ) -> None:
        """Say where a radio is, for all its later reports."""
        state = self._radios[radio]
        state.fixed_at, state.placed_at = fixed_at, now
        state.gps = gps_data(
            point,
            fixed_at=fixed_at,
            valid=valid,
            speed_knots=speed_knots,
            course_deg=course_deg,
        )

    def report_position(self, radio: int, now: float) -> None:
        """A radio reports its place by itself, as programmed (distance or time)."""
        state = self._radios[radio]
        if state.gps is not None:
            report = lp.ConditionReport(
                next(self._requests), self._address(radio), state.gps_now(now)
            )
            self._from_air(state, report, now)

    def emergency(self, radio: int, now: float) -> None:
        """The emergency key: reports every 10 s until the gateway stops them."""
        state = self._radios[radio]
        state.emergency = True
        state.pressed += 1
        self._report_emergency(state, state.pressed, now)

    def text(self, radio: int, text: str, now: float, *, talkgroup: int | None = None) -> None:
        """A radio writes to the dispatcher, or to a talkgroup; repeated until answered."""
        request = next(self._requests)
        source, octets = self._address(radio), text.encode("utf-16-le")
        message: Message
        if talkgroup is None:
            dispatcher = self._address(self._setup.dispatcher_id)
            message = tmp.PrivateMessage(request, dispatcher, source, rest=octets)
            self._unanswered_texts.add(request)
        else:
            group = self._address(talkgroup)
            message = tmp.GroupMessage(request, group, source, rest=octets)
        self._try_text(self._radios[radio], message, request, 1, now)

    def call(
        self,
        radio: int,
        talkgroup: int,
        duration_s: float,
        now: float,
        *,
        call_type: rcp.CallType = rcp.CallType.GROUP,
    ) -> None:
        """A radio talks; a repeater tells by status broadcasts."""
        slot = self._radios[radio].slot

        def tell(status: rcp.SlotStatus, at: float) -> None:
            voice = rcp.SlotService.VOICE
            self._to_gateway(
                rcp.RepeaterStatus(1, status, voice, call_type, talkgroup, radio), slot, at
            )

        call = self._calls[slot] = self._calls.get(slot, 0) + 1

        def tell_unless_taken(status: rcp.SlotStatus, at: float) -> None:
            if self._calls[slot] == call:
                tell(status, at)

        tell(rcp.SlotStatus.LOCAL_REPEATING, now)
        end = now + duration_s
        self._later(end, partial(tell_unless_taken, rcp.SlotStatus.LOCAL_CALL_HANG))
        self._later(end + HANG_S, partial(tell_unless_taken, rcp.SlotStatus.CHANNEL_HANG))

    def expire(self, now: float) -> None:
        """Let everything happen that is due."""
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2](now)

    def deadline(self) -> float | None:
        """When `expire` wants to be called next."""
        return self._timers[0][0] if self._timers else None

    @abstractmethod
    def _transmit(self, endpoint: str, octets: bytes, now: float) -> None:
        """Bring HDAP octets to the gateway."""

    def _receive(self, octets: bytes, now: float) -> None:
        """Take HDAP octets of the gateway: what a radio has to do with it, it does."""
        match read_message(Hdap.parse(octets)):
            case rrs.RegistrationAnswer(radio=address, renew_s=renew_s):
                self._on_registered(address.number, renew_s, now)
            case rrs.OnlineCheck(radio=address):
                self._check(address, now)
            case tmp.PrivateMessage() as message:
                self._on_message(message, now)
            case tmp.GroupMessage() as message:
                self._on_group_message(message, now)
            case tmp.PrivateMessageAnswer(request=request):
                self._unanswered_texts.discard(request)
            case (
                lp.ImmediateRequest()
                | lp.TriggeredRequest()
                | lp.TriggeredStopRequest()
                | lp.EmergencyStopRequest() as asked
            ):
                self._over_the_air(asked.radio.number, lambda at: self._locate(asked, at), now)
            case rcp.AlertRequest() | rcp.DisableRequest() | rcp.EnableRequest() as order:
                self._control(order, now)
            case _:
                pass

    def _try_registration(self, state: SimulatedRadio, attempt: int, now: float) -> None:
        if state.registering != attempt:
            return
        self._from_air(state, rrs.Registration(self._address(state.number)), now)
        self._later(now + RETRY_S, lambda at: self._try_registration(state, attempt, at))

    def _on_registered(self, radio: int, renew_s: int, now: float) -> None:
        state = self._reachable(radio)
        if state is None:
            return
        state.registering += 1
        attempt = state.registering
        renew_at = now + 0.9 * renew_s
        self._later(renew_at, lambda at: self._try_registration(state, attempt, at))

    def _check(self, address: RadioAddress, now: float) -> None:
        """The repeater itself answers for a radio that does not."""
        online = self._reachable(address.number) is not None and not self._lost()
        state = rrs.Presence.ONLINE if online else rrs.Presence.OFFLINE
        answer = rrs.OnlineCheckAnswer(address, state)
        self._later(now + self._delay(), lambda at: self._answer(address.number, answer, at))

    def _on_message(self, message: tmp.PrivateMessage, now: float) -> None:
        """Try to bring a text to its radio; the repeater tells how that went."""
        number = message.destination.number
        state = self._reachable(number)
        heard = state is not None and not self._lost()
        result = tmp.TextResult.OK if heard else tmp.TextResult.NO_ACKNOWLEDGEMENT
        device = RadioAddress(0, self._setup.device_id)
        answer = tmp.PrivateMessageAnswer(
            message.request, RadioAddress(0, number), device, result, flags=message.flags & 0x80
        )

        def arrive(at: float) -> None:
            if state is not None and heard and message.request not in state.shown:
                state.shown.add(message.request)
                self._on_text(number, message.text, at)
            if not self._lost():
                self._answer(number, answer, at)

        self._later(now + self._delay(), arrive)

    def _on_group_message(self, message: tmp.GroupMessage, now: float) -> None:
        ok = tmp.TextResult.OK
        answer = tmp.GroupMessageAnswer(message.request, message.destination, ok)

        def arrive(at: float) -> None:
            for state in list(self._radios.values()):
                if self._reachable(state.number) and not self._lost():
                    self._on_text(state.number, message.text, at)
            self._to_gateway(answer, 1, at)

        self._later(now + self._delay(), arrive)

    def _locate(self, request: Message, now: float) -> None:
        """A radio heard a location request."""
        match request:
            case lp.ImmediateRequest(request=number, radio=address):
                state = self._radios[address.number]
                result = lp.LocationResult.OK if state.gps else lp.LocationResult.POSITION_METHOD
                gps = state.gps_now(now)
                self._from_air(state, lp.ImmediateReport(number, address, result, gps), now)
            case lp.TriggeredRequest(request=number, radio=address, interval=interval):
                state = self._radios[address.number]
                state.interval_s = lp.span_seconds(interval) or 0
                state.periodic_request = number
                self._from_air(state, lp.TriggeredAnswer(number, address, 0), now)
                self._later(
                    now + state.interval_s, lambda at: self._report_periodic(state, number, at)
                )
            case lp.TriggeredStopRequest(request=number, radio=address):
                state = self._radios[address.number]
                state.interval_s = 0
                self._from_air(state, lp.TriggeredStopAnswer(number, address, 0), now)
            case lp.EmergencyStopRequest(request=number, radio=address):
                state = self._radios[address.number]
                state.emergency = False
                self._from_air(state, lp.EmergencyStopAnswer(number, address, 0), now)
            case _:
                pass

    def _control(
        self, request: rcp.AlertRequest | rcp.DisableRequest | rcp.EnableRequest, now: float
    ) -> None:
        state = self._radios.get(request.target)
        heard = state is not None and state.on and not self._lost()
        result = 0 if heard else 5
        answer: Message
        match request:
            case rcp.AlertRequest():
                answer = rcp.AlertReply(result, request.target)
            case rcp.DisableRequest():
                answer = rcp.DisableReply(result, request.target)
            case rcp.EnableRequest():
                answer = rcp.EnableReply(result, request.target)
        if state is not None and heard and not isinstance(request, rcp.AlertRequest):
            state.disabled = isinstance(request, rcp.DisableRequest)
        self._later(now + self._delay(), lambda at: self._answer(request.target, answer, at))

    def _report_periodic(self, state: SimulatedRadio, request: int, now: float) -> None:
        if not state.interval_s or state.periodic_request != request:
            return
        if state.gps is not None:
            address = self._address(state.number)
            gps = state.gps_now(now)
            self._from_air(state, lp.TriggeredReport(request, address, "0" * 8, gps), now)
        self._later(now + state.interval_s, lambda at: self._report_periodic(state, request, at))

    def _report_emergency(self, state: SimulatedRadio, press: int, now: float) -> None:
        if not state.emergency or state.pressed != press:
            return
        report = lp.EmergencyReport(self._address(state.number), 1, state.gps_now(now))
        self._from_air(state, report, now)
        self._later(now + EMERGENCY_EVERY_S, partial(self._report_emergency, state, press))

    def _try_text(
        self, state: SimulatedRadio, message: Message, request: int, attempt: int, now: float
    ) -> None:
        if attempt > 1 and request not in self._unanswered_texts:
            return
        self._from_air(state, message, now)
        if attempt == TEXT_TRIES:
            self._unanswered_texts.discard(request)
        elif request in self._unanswered_texts:
            again = partial(self._try_text, state, message, request, attempt + 1)
            self._later(now + RETRY_S, again)

    def _from_air(self, state: SimulatedRadio, message: Message, now: float) -> None:
        """A radio transmits; sometimes nobody hears it."""
        if state.on and not state.disabled and not self._lost():
            self._to_gateway(message, state.slot, now)

    def _answer(self, radio: int, message: Message, now: float) -> None:
        """The base says something about a radio, on the radio's timeslot."""
        state = self._radios.get(radio)
        self._to_gateway(message, state.slot if state else 1, now)

    def _to_gateway(self, message: Message, slot: int, now: float) -> None:
        for endpoint, port in self._ports.items():
            if port == (message.SERVICE, slot):
                self._transmit(endpoint, message.build(), now)

    def _over_the_air(self, radio: int, act: Callable[[float], None], now: float) -> None:
        """Let a radio act on what it was sent, if it hears it."""
        if self._reachable(radio) is not None and not self._lost():
            self._later(now + self._delay(), act)

    def _reachable(self, radio: int) -> SimulatedRadio | None:
        state = self._radios.get(radio)
        return state if state is not None and state.on and not state.disabled else None

    def _later(self, at: float, act: Callable[[float], None]) -> None:
        heapq.heappush(self._timers, (at, next(self._order), act))

    def _lost(self) -> bool:
        return self._rng.random() < self._setup.air_loss

    def _delay(self) -> float:
        return self._rng.uniform(*self._setup.air_delay_s)

    def _address(self, number: int) -> RadioAddress:
        return RadioAddress(self._setup.subnet, number)
