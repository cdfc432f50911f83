"""Any frame of any protocol as fields and events: what `radio-gateway decode` prints."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from radio_gateway import decoding_hytera as hytera
from radio_gateway import decoding_ipsc as ipsc
from radio_gateway import decoding_mototrbo as mototrbo
from radio_gateway import decoding_serial as serial
from radio_gateway.decoding_fields import Fields, event_fields, named
from radio_gateway.domain.events import Event
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.offline import (
    HomebrewOffline,
    HyteraIpscOffline,
    HyteraOffline,
    MototrboIpscOffline,
    MototrboOffline,
    Offline,
    SerialOffline,
    repeater_of,
)
from radio_gateway.protocols.errors import MalformedError

SETTLE_S: Final = 3.0
"A serial port is silent for this long after the octets given."
_HOST: Final = "127.0.0.1"

Reader = Callable[[bytes], list[Fields]]


class UnreadableError(ValueError):
    """Octets that no protocol, or not the one asked for, can read."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One frame; the events of all frames given together stand with the last of them."""

    protocol: str
    frame: Fields
    events: list[Fields]


class Decoder:
    """Reads frames one after the other; what earlier ones began later ones may end."""

    def __init__(self) -> None:
        self._offline: dict[object, Offline] = {}

    def decode(self, data: bytes, at: Moment, protocol: str | None = None) -> list[Decoded]:
        """Read one datagram, or a piece of a serial stream.

        Raises:
            UnreadableError: not a frame of the protocol, or of any when none is named.
        """
        name, frames = _read(data, protocol)
        events = [event_fields(event) for event in self._events(name, data, at)]
        last = len(frames) - 1
        return [Decoded(name, frame, events if n == last else []) for n, frame in enumerate(frames)]

    def _events(self, name: str, data: bytes, at: Moment) -> list[Event]:
        peer = Peer("main", _HOST, 1)
        family = _FAMILIES.get(name, name)
        match "hytera-ipsc" if family == "hytera" and ipsc.is_hytera(data) else family:
            case "homebrew":
                number = repeater_of(data)
                if number is None:
                    return []
                master = self._once((name, number), lambda: HomebrewOffline([number], at))
                return master.feed(data, peer, at)
            case "hytera":
                base = self._once(name, lambda: HyteraOffline([_HOST], at))
                return base.feed(data, replace(peer, endpoint=hytera.endpoint_of(data)), at)
            case "hytera-ipsc":
                repeater = self._once("hytera-ipsc", lambda: HyteraIpscOffline([_HOST], at))
                return repeater.feed(data, replace(peer, endpoint=ipsc.hytera_service(data)), at)
            case "mototrbo-ipsc":
                listener = self._once(name, lambda: MototrboIpscOffline(at))
                return listener.feed(data, peer, at)
            case "mototrbo":
                service = name if name in mototrbo.FORMS else mototrbo.service_of(data)
                system = self._once("mototrbo", lambda: MototrboOffline(at))
                return system.feed(data, Peer(service, mototrbo.RADIO, 0), at)
            case "ipv4":
                service, host, payload = mototrbo.ipv4_parts(data)
                system = self._once("mototrbo", lambda: MototrboOffline(at))
                return system.feed(payload, Peer(service, host, 0), at)
            case "mmdvm":
                return self._once(name, _modem).feed(data, Peer("serial"), at)
            case "kenwood" | "nmea" | "tait":
                port = self._once(name, lambda: SerialOffline(name, at))
                line = data.rstrip(b"\r\n") + b"\r\n" if name == "nmea" else data
                events = port.feed(line, Peer("serial"), at)
                return events + port.finish(later(at, SETTLE_S))
            case _:
                return []

    def _once(self, key: object, make: Callable[[], Offline]) -> Offline:
        if key not in self._offline:
            self._offline[key] = make()
        return self._offline[key]


def _modem() -> Offline:
    from radio_gateway.offline_receivers import ModemOffline

    return ModemOffline()


def later(at: Moment, seconds: float) -> Moment:
    """The moment so many seconds after another."""
    return Moment(at.mono + seconds, at.utc + timedelta(seconds=seconds))


def _read(data: bytes, protocol: str | None) -> tuple[str, list[Fields]]:
    if not data:
        raise UnreadableError("no octets")
    if protocol is not None:
        try:
            return protocol, PROTOCOLS[protocol](data)
        except MalformedError as error:
            raise UnreadableError(f"not {protocol}: {error}") from error
    for name, reader in READERS.items():
        if _GUESSES[name](data):
            try:
                return name, reader(data)
            except MalformedError:
                continue
    shown = MalformedError(f"no frame of {', '.join(READERS)}", data)
    raise UnreadableError(str(shown))


def _homebrew(data: bytes) -> list[Fields]:
    from radio_gateway.protocols.homebrew.dmrd import DmrFrame
    from radio_gateway.protocols.homebrew.frames import parse_frame, parse_host_frame
    from radio_gateway.protocols.homebrew.openbridge import without_signature

    frame: Any
    plain, signature = without_signature(data)
    try:
        frame = parse_frame(plain)
    except MalformedError as error:
        try:
            frame = parse_host_frame(data)
        except MalformedError:
            raise error from None
    found = named(frame)
    if isinstance(frame, DmrFrame):
        try:
            found["burst"] = {"octets": frame.burst.hex(), **burst_fields(frame.burst)}
        except MalformedError as error:
            found["burst"] = {"octets": frame.burst.hex(), "unreadable": error.what}
    return [{**found, "signature": signature.hex()} if signature else found]


def _dmr_burst(data: bytes) -> list[Fields]:
    return [burst_fields(data)]


def burst_fields(octets: bytes) -> Fields:
    """One burst with what its information field says; raises MalformedError."""
    from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst

    burst = parse_burst(octets)
    found = named(burst)
    del found["octets"]
    if not isinstance(burst, DataBurst):
        found["wrong_bits"] = burst.wrong_bits
        found["key_notice"] = _key_notice(burst)
        return found
    try:
        block = burst.payload()
        found["payload"] = block.hex()
        found["content"] = _block(block, burst)
    except MalformedError as error:
        found["unreadable"] = error.what
    return found


def _key_notice(burst: Any) -> Fields | None:
    """What burst F says about the encryption of its call."""
    from radio_gateway.protocols.dmr.emb import Lcss
    from radio_gateway.protocols.dmr.single_burst import KeyNotice

    if burst.emb is None or burst.emb.lcss is not Lcss.SINGLE or burst.emb.privacy:
        return None
    try:
        notice = KeyNotice.parse(burst.fragment)
    except MalformedError as error:
        return {"unreadable": error.what}
    return None if notice is None else {**named(notice), "name": notice.algorithm_name}


def _block(block: bytes, burst: Any) -> Fields | None:
    from radio_gateway.protocols.dmr.csbk import Csbk
    from radio_gateway.protocols.dmr.data_header import parse_data_header
    from radio_gateway.protocols.dmr.link_control import open_full_lc, parse_lc
    from radio_gateway.protocols.dmr.location import LipShortReport
    from radio_gateway.protocols.dmr.opcodes import name_of
    from radio_gateway.protocols.dmr.pi_header import PiHeader
    from radio_gateway.protocols.dmr.slot_type import DataType
    from radio_gateway.protocols.dmr.trunking import ChannelGrant

    match burst.slot_type.data_type:
        case DataType.VOICE_LC_HEADER | DataType.TERMINATOR_WITH_LC as kind:
            return named(parse_lc(open_full_lc(block, kind)))
        case DataType.CSBK:
            csbk = Csbk.parse(block)
            message = csbk.message() or ChannelGrant.of(csbk)
            said = None if message is None else named(message)
            return {**named(csbk), "name": name_of(csbk.fid, csbk.opcode), "message": said}
        case DataType.USB_DATA:
            return named(LipShortReport.parse(block))
        case DataType.DATA_HEADER:
            return named(parse_data_header(block))
        case DataType.PI_HEADER:
            return named(PiHeader.parse(block))
        case _:
            return None


READERS: Final[dict[str, Reader]] = {
    "homebrew": _homebrew,
    "ipv4": mototrbo.read_ipv4,
    "hytera": lambda data: hytera.read_any(data, burst_fields),
    "mototrbo": mototrbo.read_any,
    "kenwood": serial.read_kenwood,
    "nmea": serial.read_nmea,
    "tait": serial.read_tait,
    "mmdvm": lambda data: serial.read_mmdvm(data, burst_fields),
    "dmr-burst": _dmr_burst,
    "mototrbo-ipsc": ipsc.read_mototrbo,
}
"Protocols by name, in the order in which they are tried."

_HYTERA_FORMS: Final[dict[str, Reader]] = {
    "hdap": hytera.read_hdap,
    "hstrp": hytera.read_hstrp,
    "hrnp": hytera.read_hrnp,
    "rtp": hytera.read_rtp,
    "ipsc": lambda data: ipsc.read_hytera(data, burst_fields),
    "hytera-ipsc": lambda data: ipsc.read_hytera(data, burst_fields),
}
_FAMILIES: Final = {
    **dict.fromkeys(_HYTERA_FORMS, "hytera"),
    **dict.fromkeys(mototrbo.FORMS, "mototrbo"),
}
PROTOCOLS: Final[dict[str, Reader]] = {
    **READERS,
    **_HYTERA_FORMS,
    **mototrbo.FORMS,
    **mototrbo.ENVELOPES,
}
"All that can be asked for by name: protocols, and the forms that `hytera` and others stand for."

_GUESSES: Final[dict[str, Callable[[bytes], bool]]] = {
    "homebrew": lambda data: data[:3] in (b"DMR", b"RPT", b"MST"),
    "ipv4": mototrbo.may_be_ipv4,
    "hytera": hytera.may_be,
    "mototrbo": mototrbo.may_be,
    "kenwood": lambda data: b"\x02" in data or b"$PK" in data,
    "nmea": lambda data: b"$" in data or data[:1] in (b"!", b"\\"),
    "tait": serial.may_be_tait,
    "mmdvm": serial.may_be_mmdvm,
    "dmr-burst": lambda data: len(data) == 33,
    "mototrbo-ipsc": ipsc.may_be_mototrbo,
}
"Whether a frame may be one of the protocol, by its first look."
