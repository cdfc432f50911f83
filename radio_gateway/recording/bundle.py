"""A recording that may be given away: who, where and what was said are replaced, equal by equal.

What remains are times, signal strengths, statuses and the order of events: the file replays to
the same events as the recording, with other numbers in them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from radio_gateway.links.capture import Capture, Datagram
from radio_gateway.recording import pcapng
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Place, Record
from radio_gateway.recording.scrubs import (
    homebrew,
    hytera,
    hytera_ipsc,
    lines,
    modem,
    mototrbo,
    mototrbo_ipsc,
    tait,
)
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Scrub

SCRUBS: Final[dict[str, Scrub]] = {
    "homebrew": homebrew.scrub,
    "homebrew-peer": homebrew.scrub_master,
    "hytera": hytera.scrub,
    "hytera-ipsc": hytera_ipsc.scrub,
    "hytera-serial": hytera.scrub_serial,
    "kenwood": lines.scrub_kenwood,
    "mmdvm-modem": modem.scrub,
    "mototrbo": mototrbo.scrub,
    "mototrbo-ipsc": mototrbo_ipsc.scrub,
    "nmea": lines.scrub_nmea,
    "openbridge": homebrew.scrub_bridge,
    "tait": tait.scrub,
}
"By kind of link; frames of a kind that is not here are left out whole."


class BundleError(Exception):
    """A file that is no recording of ours; one line."""


@dataclass(slots=True)
class Bundle:
    """The anonymous frames of a recording, and what was left out."""

    records: list[Record] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def octets(self) -> Iterator[bytes]:
        """The pcapng file, block by block."""
        return pcapng.write(self.records, "radio-gateway support bundle")

    def lines(self) -> list[str]:
        """For the error output."""
        found = [f"{len(self.records)} frames, made anonymous"]
        if self.left_out:
            reasons = ", ".join(f"{count} {why}" for why, count in self.left_out.most_common())
            found.append(f"left out: {reasons}")
        return found


def make(recording: Path) -> Bundle:
    """Read a recording of `radio-gateway record` and make it anonymous.

    Raises:
        CaptureError: no capture, or a damaged one.
        BundleError: a capture of another program, which does not name its links.
    """
    links: dict[tuple[str, str, bool], list[tuple[int, Record]]] = defaultdict(list)
    for order, datagram in enumerate(Capture(recording)):
        record = _record(datagram)
        if record is None:
            raise BundleError(
                f"{recording}: no recording of `radio-gateway record`: its packets name no link"
            )
        links[record.where.link, record.where.kind, record.outbound].append((order, record))
    bundle, names = Bundle(), Pseudonyms()
    kept: list[tuple[int, Record]] = []
    for (_, kind, _), numbered in links.items():
        kept += _anonymous(kind, numbered, names, bundle.left_out)
    bundle.records = [record for _, record in sorted(kept, key=lambda each: each[0])]
    return bundle


def _anonymous(
    kind: str, numbered: list[tuple[int, Record]], names: Pseudonyms, left_out: Counter[str]
) -> Iterable[tuple[int, Record]]:
    scrub = SCRUBS.get(kind)
    if scrub is None:
        left_out[f"frames of kind {kind}"] += len(numbered)
        return
    found = scrub([record for _, record in numbered], names)
    for (order, record), data in zip(numbered, found, strict=True):
        if isinstance(data, LeftOut):
            left_out[str(data)] += 1
        elif data is not None:
            yield order, _told(record, data, names)


def _told(record: Record, data: bytes, names: Pseudonyms) -> Record:
    where = replace(
        record.where,
        link=names.name("link", record.where.link),
        host=names.host(record.where.host),
    )
    hidden = mototrbo.host if record.where.kind == "mototrbo" else Pseudonyms.host
    host = hidden(names, record.host)
    return replace(record, where=where, host=host, data=data)


def _record(datagram: Datagram) -> Record | None:
    """None: not of a recording of ours."""
    interface = datagram.interface
    link, _, endpoint = interface.name.rpartition("/")
    if not link or not interface.kind:
        return None
    own, other = datagram.destination, datagram.source
    if datagram.outbound:
        own, other = other, own
    where = Place(link, endpoint, interface.kind, *own)
    return Record(datagram.at, where, *other, datagram.payload, datagram.outbound)
