"""Streams of bursts in, calls out. The bursts win over their envelopes."""

import logging
from collections.abc import Callable
from typing import Final

from radio_gateway.adapters._dmr_content import Content
from radio_gateway.adapters._dmr_endings import Endings
from radio_gateway.adapters._dmr_envelope import Envelope, Voice
from radio_gateway.adapters._dmr_reception import Reception, StreamKey
from radio_gateway.adapters._dmr_transmission import Parties, Transmission
from radio_gateway.domain.events import CallEndReason, Event
from radio_gateway.domain.moment import Moment
from radio_gateway.protocols.dmr.link_control import GpsInfo, TalkerAliasPart, VoiceLc

log = logging.getLogger(__name__)

JOIN_WITHIN_S: Final = 0.5
"A second repeater that begins to hear the same talker this soon hears the same transmission."
STILL_TALKING_S: Final = 0.24
"Four frames: one that enters late within them of another's frame hears the same transmission."
_PAST_KEPT: Final = 16


class Calls:
    """All running transmissions of one link."""

    def __init__(
        self,
        link: str,
        network: str,
        emit: Callable[[Event], None],
        *,
        hang_time_s: float,
        lost_after_s: float,
    ) -> None:
        self._link = link
        self._network = network
        self._emit = emit
        self._lost_after_s = lost_after_s
        self._by_stream: dict[StreamKey, Transmission] = {}
        self._on_slot: dict[tuple[int, int], StreamKey] = {}
        self._short: dict[Parties, Transmission] = {}
        "Calls that are over already, as long as other repeaters may begin to hear them."
        self._endings = Endings(hang_time_s)
        self._content = Content(link, network, emit)

    # -- what comes from the repeaters ----------------------------------------------------------

    def header(
        self, frame: Envelope, lc: VoiceLc, colour_code: int | None, site: str, at: Moment
    ) -> None:
        """A voice LC header with good parity."""
        parties = Parties.of(lc)
        if parties != Parties(frame.group, frame.source, frame.target):
            log.info("%s: envelope and header of %s differ", self._link, frame.stream.hex())
        found = self._find_or_open(frame, parties, colour_code, site, at, lc=lc)
        if found is None:
            return
        transmission, reception = found
        if self._count(frame, reception, at) is None:
            return
        if self._content.confirm(transmission, parties):
            self._content.apply(transmission, lc, lc.build(), site, at)
        transmission.late_entry = False

    def voice(
        self, frame: Envelope, burst: Voice, site: str, at: Moment, lc: bytes | None = None
    ) -> None:
        """One burst of voice, with its part of an embedded link control.

        Args:
            frame: its envelope.
            burst: what it says.
            site: who heard it.
            at: when.
            lc: 9 octets, where the base station has put the parts together itself.
        """
        colour_code = burst.emb.colour_code if burst.emb else None
        parties = Parties(frame.group, frame.source, frame.target)
        found = self._find_or_open(frame, parties, colour_code, site, at, lc=None)
        if found is None:
            return
        transmission, reception = found
        position = self._count(frame, reception, at)
        if position is None:
            return
        if transmission.colour_code is None:
            transmission.colour_code = colour_code
        wrong = burst.wrong_bits if frame.bit_errors is None else frame.bit_errors
        reception.voice(position, wrong)
        if burst.sync is not None:
            reception.fragments.reset()
        elif lc is not None:
            reception.fragments.reset()
            self._content.embedded(transmission, lc, site, at)
        elif reception.is_newest(position):
            self._content.fragment(transmission, reception, burst, site, at)

    def terminator(self, frame: Envelope, lc: VoiceLc | None, site: str, at: Moment) -> None:
        """The end of a transmission.

        Args:
            frame: its envelope.
            lc: what the burst says; None when it cannot be read.
            site: who heard it.
            at: when.
        """
        key = _key(frame)
        transmission = self._by_stream.get(key)
        if transmission is not None:
            self._count(frame, transmission.receptions[key], at)
            if lc is not None and Parties.of(lc) == transmission.parties:
                self._content.apply(transmission, lc, lc.build(), site, at)
            self._end(transmission, CallEndReason.TERMINATOR, at)
        elif not self._endings.knows(key):
            self._endings.note_unknown(key, frame.sequence, at.mono)
            if lc is not None and lc.emergency:
                self._content.emergency_without_call(lc, site, at)

    def told(self, frame: Envelope, lc: VoiceLc, site: str, at: Moment) -> None:
        """A link control that a base station sent beside the bursts of a running call."""
        transmission = self._by_stream.get(_key(frame))
        if transmission is not None and self._content.confirm(transmission, Parties.of(lc)):
            self._content.apply(transmission, lc, lc.build(), site, at)

    def encrypted(self, frame: Envelope, at: Moment) -> None:
        """A privacy header: the voice of this stream is encrypted."""
        key = _key(frame)
        transmission = self._by_stream.get(key)
        if transmission is not None:
            self._count(frame, transmission.receptions[key], at)
            transmission.encrypted = True

    def alias_part(self, repeater_id: int, source: int, part: TalkerAliasPart, at: Moment) -> None:
        """Part of an alias that the repeater sent beside the voice."""
        transmission = self._talking(repeater_id, source)
        if transmission is not None:
            self._content.alias(transmission, part, at)

    def gps(self, repeater_id: int, source: int, info: GpsInfo, at: Moment) -> None:
        """A position that the repeater sent beside the voice."""
        transmission = self._talking(repeater_id, source)
        if transmission is not None:
            self._content.position(transmission, info, at)

    def gone(self, repeater_id: int, at: Moment) -> None:
        """The repeater left: what only it was hearing is cut off."""
        for key in [key for key in self._by_stream if key.repeater_id == repeater_id]:
            self._drop(key, CallEndReason.TRUNCATED, at)

    def cut_off(self, at: Moment) -> None:
        """We hear nobody any more: everything that runs is cut off."""
        for transmission in self._running():
            self._end(transmission, CallEndReason.TRUNCATED, at)

    # -- time ---------------------------------------------------------------------------------

    def expire(self, at: Moment) -> None:
        """End what has been silent for too long; forget streams after the hang time."""
        for transmission in self._running():
            if at.mono >= transmission.heard_at + self._lost_after_s:
                self._end(transmission, CallEndReason.LOST, at)
        self._endings.expire(at.mono)
        if self._short:
            self._short = {p: t for p, t in self._short.items() if _may_join(t, at)}

    def deadline(self) -> float | None:
        """When the next running call would count as lost."""
        heard = [transmission.heard_at for transmission in self._by_stream.values()]
        return min(heard) + self._lost_after_s if heard else None

    # -- opening and closing --------------------------------------------------------------------

    def _find_or_open(
        self,
        frame: Envelope,
        parties: Parties,
        colour_code: int | None,
        site: str,
        at: Moment,
        *,
        lc: VoiceLc | None,
    ) -> tuple[Transmission, Reception] | None:
        key = _key(frame)
        running = self._by_stream.get(key)
        if running is not None:
            return running, running.receptions[key]
        if parties.source == 0 or self._endings.is_over(key, frame.sequence, header=lc is not None):
            return None
        before = self._on_slot.get((frame.repeater_id, frame.slot))
        if before is None and self._is_over_already(parties, key, at):
            self._endings.note_unknown(key, frame.sequence, at.mono)
            return None
        transmission = self._same_talker(parties, at, late_entry=lc is None)
        if before is not None:
            if transmission is self._by_stream[before]:
                self._lose(before, CallEndReason.PREEMPTED, at)
            else:
                self._drop(before, CallEndReason.PREEMPTED, at)
        reception = Reception(key, at.mono, site)
        call = self._call_key(key, at)
        if transmission is not None:
            log.info("%s: %s is heard by %s as well", self._link, transmission.key, site)
        else:
            transmission = Transmission(
                link=self._link,
                network=self._network,
                key=call,
                parties=parties,
                site=site,
                slot=frame.slot,
                conversation=self._endings.conversation(key, parties, at.mono) or call,
                began=at,
                late_entry=lc is None,
                emergency=lc is not None and lc.emergency,
                encrypted=lc is not None and lc.encrypted,
                colour_code=colour_code,
            )
            self._emit(transmission.started())
        transmission.receptions[key] = reception
        self._by_stream[key] = transmission
        self._on_slot[frame.repeater_id, frame.slot] = key
        return transmission, reception

    def _same_talker(
        self, parties: Parties, at: Moment, *, late_entry: bool
    ) -> Transmission | None:
        for transmission in self._by_stream.values():
            if transmission.parties == parties and (
                _may_join(transmission, at)
                or (late_entry and at.mono - transmission.heard_at <= STILL_TALKING_S)
            ):
                return transmission
        return None

    def _is_over_already(self, parties: Parties, key: StreamKey, at: Moment) -> bool:
        """Whether another repeater has heard the same short call from beginning to end."""
        short = self._short.get(parties)
        if short is None or not _may_join(short, at):
            return False
        return key[:2] not in {reception.key[:2] for reception in short.heard()}

    def _running(self) -> list[Transmission]:
        return list({id(t): t for t in self._by_stream.values()}.values())

    def _call_key(self, key: StreamKey, at: Moment) -> str:
        started_ms = int(at.utc.timestamp() * 1000)
        stream = key.stream.hex()
        return f"{self._link}-{started_ms}-{key.repeater_id}-{key.slot}-{stream}"

    def _drop(self, key: StreamKey, reason: CallEndReason, at: Moment) -> None:
        """One repeater hears the transmission no more; the last one ends it."""
        transmission = self._by_stream[key]
        if len(transmission.receptions) == 1:
            self._end(transmission, reason, at)
        else:
            self._lose(key, reason, at)

    def _lose(self, key: StreamKey, reason: CallEndReason, at: Moment) -> None:
        """A stream is over and its transmission is not."""
        transmission = self._by_stream[key]
        self._forget(key, reason, at)
        transmission.past.append(transmission.receptions.pop(key))
        del transmission.past[:-_PAST_KEPT]

    def _end(self, transmission: Transmission, reason: CallEndReason, at: Moment) -> None:
        if _may_join(transmission, at):
            self._short[transmission.parties] = transmission
        for key in transmission.receptions:
            self._forget(key, reason, at)
            self._endings.note_exchange(
                key, transmission.parties, transmission.conversation, at.mono
            )
        self._emit(transmission.ended(reason, transmission.heard()[0], at))

    def _forget(self, key: StreamKey, reason: CallEndReason, at: Moment) -> None:
        transmission = self._by_stream.pop(key)
        del self._on_slot[key.repeater_id, key.slot]
        lost = reason is CallEndReason.LOST
        self._endings.note(transmission.receptions[key], at.mono, lost=lost)

    # -- what the bursts say --------------------------------------------------------------------

    def _count(self, frame: Envelope, reception: Reception, at: Moment) -> int | None:
        position = reception.place(frame.sequence)
        if position is not None:
            reception.heard_at = at.mono
            reception.rssi(frame.rssi_dbm)
        return position

    def _talking(self, repeater_id: int, source: int) -> Transmission | None:
        for key, transmission in self._by_stream.items():
            if key.repeater_id == repeater_id and transmission.parties.source == source:
                return transmission
        return None


def _may_join(transmission: Transmission, at: Moment) -> bool:
    return at.mono - transmission.began.mono < JOIN_WITHIN_S


def _key(frame: Envelope) -> StreamKey:
    return StreamKey(frame.repeater_id, frame.slot, frame.stream)
