"""An MMDVM modem on a serial port, without a host program: the gateway is the host."""

import logging
from typing import ClassVar, Final

from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.adapters._mmdvm_config import ModemConfig, rssi_dbm
from radio_gateway.adapters._mmdvm_sending import TEXT_LIMIT, Sending
from radio_gateway.adapters._mmdvm_slots import SlotListener
from radio_gateway.adapters._polled_port import PolledPort
from radio_gateway.adapters._serial import earliest
from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
    CallAlert,
    Command,
    RadioCheck,
    SendText,
)
from radio_gateway.domain.events import Event, TextFailure
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Ability, Capabilities, Outgoing, Peer
from radio_gateway.protocols.dmr.csbk import Csbk, OutboundActivation
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mmdvm.frames import FrameType
from radio_gateway.protocols.mmdvm.messages import DATA_SYNC, Debug, DmrData, DmrLost, Nak
from radio_gateway.protocols.mmdvm.session import ModemSession, State, Taken
from radio_gateway.protocols.mmdvm.transmitter import Transmitter
from radio_gateway.protocols.mmdvm.version import Status, StatusFlags, Version

log = logging.getLogger(__name__)

ENDPOINT: Final = "serial"
_TROUBLES: Final = (
    StatusFlags.ADC_OVERFLOW
    | StatusFlags.RX_OVERFLOW
    | StatusFlags.TX_OVERFLOW
    | StatusFlags.DAC_OVERFLOW
    | StatusFlags.LOCKOUT
)
_SLOTS: Final = {FrameType.DMR_DATA1: 1, FrameType.DMR_DATA2: 2}


class ModemHost:
    """Bursts of one modem as events, commands as bursts."""

    CAPABILITIES: ClassVar[Capabilities] = Capabilities(
        title="MMDVM modem on a serial port",
        transport="serial",
        abilities=frozenset(
            {
                Ability.TEXT_TO_RADIO,
                Ability.TEXT_TO_TALKGROUP,
                Ability.TEXT_FROM_RADIO,
                Ability.DELIVERY_ACKNOWLEDGEMENT,
                Ability.REGISTRATION,
                Ability.POSITION,
                Ability.STATUS,
                Ability.CALLS,
                Ability.TALKER_ALIAS,
                Ability.CALL_ALERT_FROM_RADIO,
                Ability.EMERGENCY,
                Ability.RADIO_CHECK,
                Ability.CALL_ALERT,
            }
        ),
        text_limit=TEXT_LIMIT,
        notes=(
            "The gateway takes the place of MMDVMHost. It hears everything, transmits texts and "
            "control blocks only where `transmit` allows it, and repeats no voice."
        ),
    )

    def __init__(self, config: ModemConfig) -> None:
        self._config = config
        self._port = PolledPort(config.name, config.site)
        self._session = ModemSession(config.modem, config.frequencies)
        self._transmitter = Transmitter(
            duplex=config.transmit and not config.modem.simplex, hang_s=config.tx_hang_s
        )
        self._session.on_status_asked = self._transmitter.asked
        self._sending = Sending(config, self._transmitter)
        self._events: list[Event] = []
        self._receiver = Receiver(
            config.name,
            config.network,
            self._events.append,
            hang_time_s=config.hang_time_s,
            lost_after_s=config.lost_after_s,
            dispatcher=config.radio or None,
        )
        self._slots = SlotListener(self._receiver, config.site or "", self._block)
        self._receiver.on_packet = self._packet
        self._confirmations: list[bytes] = []
        self._heard: tuple[int, Moment] | None = None
        "Timeslot and time of the burst that is being read."
        self._troubles = StatusFlags(0)

    def feed(self, frame: bytes, peer: Peer, at: Moment) -> None:  # noqa: ARG002 - one peer per port
        """Take any piece of the stream; what cannot be read is counted and dropped."""
        self._receiver.calls.expire(at)
        self._follow(self._session.feed(frame, at.mono), at)
        self._pump(at)

    def command(self, command: Command, at: Moment) -> None:
        """Queue a text or a control block; everything else is refused."""
        if self._sending.is_repetition(command.command):
            return
        if isinstance(command, AcknowledgeEmergency):
            self._receiver.signals.cleared(command.radio)
        if not isinstance(command, SendText | CallAlert | RadioCheck):
            self._events.append(self._sending.unable(command, "a modem cannot do this", at))
        elif not self._config.transmit:
            reason = "the transmitter of this modem is not to be used (transmit = false)"
            self._events.append(self._sending.unable(command, reason, at))
        elif not self._port.up:
            reason = "the modem is not set up"
            self._events.append(self._sending.failed(command, TextFailure.LINK_DOWN, reason, at))
        else:
            self._events += self._sending.add(command, at)
            self._pump(at)

    def expire(self, at: Moment) -> None:
        self._receiver.calls.expire(at)
        self._follow(self._session.expire(at.mono), at)
        self._port.expire(at)
        self._pump(at)

    def deadline(self) -> float | None:
        sending = transmitter = None
        if self._port.up:
            sending = self._sending.deadline(self._slots.free_at(self._config.slot))
            transmitter = self._transmitter.deadline()
        return earliest(
            self._session.deadline(),
            self._receiver.calls.deadline(),
            self._port.deadline(),
            sending,
            transmitter,
        )

    def opened(self, at: Moment) -> None:
        self._port.opened(at)
        self._session.open(at.mono)
        self._follow([], at)

    def closed(self, reason: str, at: Moment) -> None:
        self._session.close(reason)
        self._follow([], at)
        self._session.outgoing()
        self._port.closed(reason, at)

    def events(self) -> list[Event]:
        taken = self._port.events + self._events
        self._port.events = []
        self._events.clear()
        return taken

    def outgoing(self) -> list[Outgoing]:
        peer = Peer(ENDPOINT)
        frames = [Outgoing(data, peer) for data in self._session.outgoing()]
        frames += [Outgoing(data, peer, acknowledges=True) for data in self._confirmations]
        self._confirmations.clear()
        return frames

    def _pump(self, at: Moment) -> None:
        """Begin, continue or end a transmission of our own."""
        if not self._port.up or not self._config.transmit:
            return
        free_at = self._slots.free_at(self._config.slot)
        self._events += self._sending.advance(free_at, at)
        for frame in self._transmitter.frames(at.mono):
            self._session.send(frame)
        self._events += self._sending.advance(free_at, at)

    def _follow(self, taken: list[Taken], at: Moment) -> None:
        """Changes of the session first: bursts count once it is up."""
        for change in self._session.transitions():
            log.info("%s: %s: %s", self._config.name, change.new, change.reason)
            if change.new is State.UP:
                self._port.heard(at)
            elif change.old in (State.UP, State.SETTING):
                self._port.silent(change.reason, at)
                self._gone(change.reason, at)
        for item in taken:
            try:
                self._take(item, at)
            except MalformedError as error:
                self._port.bad(error, at)

    def _take(self, item: Taken, at: Moment) -> None:
        match item:
            case MalformedError():
                raise item
            case DmrData():
                self._port.heard(at)
                self._heard = item.slot, at
                level = rssi_dbm(self._config.rssi, item.rssi)
                self._slots.burst(item, level, at)
            case DmrLost(slot):
                self._slots.lost(slot)
            case Status():
                self._status(item)
            case Nak(command=command):
                self._nak(item, _SLOTS.get(FrameType(command)) if command in _SLOTS else None, at)
            case Debug(text, numbers):
                log.debug("%s: modem says: %s %s", self._config.name, text, numbers)
            case Version():
                log.info("%s: %s", self._config.name, item.description)
            case _:
                log.debug("%s: passed over: %s", self._config.name, item)

    def _status(self, status: Status) -> None:
        self._transmitter.status(status)
        troubles = status.flags & _TROUBLES
        fresh = troubles & ~self._troubles
        self._troubles = troubles
        if fresh:
            names = ", ".join(
                flag.name.lower().replace("_", " ") for flag in fresh if flag.name is not None
            )
            log.warning("%s: the modem reports: %s", self._config.name, names)

    def _nak(self, nak: Nak, slot: int | None, at: Moment) -> None:
        reason = nak.why.name.lower().replace("_", " ") if nak.why else str(nak.reason)
        log.warning("%s: modem refuses type %02X: %s", self._config.name, nak.command, reason)
        if slot is None:
            return
        self._transmitter.full(slot)
        for frame in self._transmitter.abort(slot):
            self._session.send(frame)
        self._events += self._sending.refused(at)

    def _block(self, kind: DataType, block: bytes) -> None:
        """A control block or data header, before the receiver takes it."""
        if not self._config.transmit or self._heard is None:
            return
        _, at = self._heard
        self._events += self._sending.heard(kind, block, at)
        if kind is DataType.CSBK and isinstance(Csbk.parse(block).message(), OutboundActivation):
            self._transmitter.wake(at.mono)

    def _packet(self, packet: DataPacket) -> None:
        """A packet that came whole: its sender waits for our word, and repeats it without."""
        if not self._config.transmit or self._heard is None:
            return
        slot, at = self._heard
        for octets in self._sending.confirmation(packet):
            if self._transmitter.claim(slot, at.mono):
                control = DATA_SYNC | DataType.DATA_HEADER
                self._confirmations.append(DmrData(slot, control, octets).build().build())

    def _gone(self, reason: str, at: Moment) -> None:
        self._slots.gone(at)
        self._transmitter.stop()
        self._confirmations.clear()
        self._events += self._sending.close(reason, at)
        self._troubles = StatusFlags(0)
