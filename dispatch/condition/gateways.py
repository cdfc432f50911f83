"""What gateways report of themselves, as lamps: presence, spool, shedding, ports, clock."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dispatch import clock
from dispatch.condition.lamp import Finding, Level
from radio_gateway.domain.report import GatewayReport, PortReport, SpoolReport

SILENT_S: Final = 15.0
"Gateways report every 2 s; one that has not for so long is taken for dead."
FILLING: Final = 0.8
FULL: Final = 0.98
WAITING_S: Final = 30.0
"Events of a healthy system are stored within a second."
RECENT_S: Final = 30.0
"Something was shed or dropped just now."
SKEW_S: Final = 2.0
FAR_SKEW_S: Final = 60.0
JUMP_S: Final = 1.0
JUMP_SHOWN_S: Final = 600.0
LAG_S: Final = 1.0
"A dispatcher waits this long for nothing; shorter blocks are in the log and in /metrics."
LONG_LAG_S: Final = 4.0


@dataclass(slots=True)
class _Rise:
    """A counter of a gateway: when it last rose, and by how much since it began to."""

    value: int
    rose_at: float | None = None
    by: int = 0

    def take(self, value: int, now: float) -> None:
        if value > self.value:
            quiet = self.rose_at is None or now - self.rose_at > RECENT_S
            self.by = value - self.value + (0 if quiet else self.by)
            self.rose_at = now
        self.value = value

    def recent(self, now: float) -> bool:
        return self.rose_at is not None and now - self.rose_at <= RECENT_S


@dataclass(slots=True)
class Known:
    """One gateway: its newest report, and what changed between reports."""

    report: GatewayReport
    heard_at: float
    "By this machine's steady clock."
    skew_s: float
    "How far its wall clock is ahead of this machine's."
    drops: _Rise
    shed: dict[str, _Rise] = field(default_factory=dict)


class GatewayBook:
    """Newest report of every gateway."""

    def __init__(
        self,
        now: Callable[[], datetime] = clock.now,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._now = now
        self._monotonic = monotonic
        self._known: dict[str, Known] = {}

    @property
    def known(self) -> Mapping[str, Known]:
        """By name of the gateway."""
        return self._known

    async def follow(self, reports: AsyncIterator[GatewayReport]) -> None:
        """Take reports until there are no more."""
        async for report in reports:
            self.take(report)

    def take(self, report: GatewayReport) -> None:
        """Replace what is known of one gateway."""
        mono = self._monotonic()
        before = self._known.get(report.gateway)
        skew = (report.at - self._now()).total_seconds()
        drops = _drops(report)
        shed = report.spool.shed if report.spool is not None else {}
        if before is None:
            known = Known(report, mono, skew, _Rise(drops))
            known.shed = {kind: _Rise(count) for kind, count in shed.items()}
            self._known[report.gateway] = known
            return
        before.report, before.heard_at = report, mono
        # a last will carries the time at which it was written, not at which it is true
        before.skew_s = skew if report.online else before.skew_s
        before.drops.take(drops, mono)
        for kind, count in shed.items():
            before.shed.setdefault(kind, _Rise(0)).take(count, mono)

    def findings(self) -> Iterator[Finding]:
        """The lamps of all gateways."""
        mono, now = self._monotonic(), self._now()
        for name, known in self._known.items():
            yield from _presence(name, known, mono)
            if not known.report.online:
                continue
            if known.report.spool is not None:
                yield _spool(name, known.report.spool, now)
            yield _shedding(name, known, mono)
            yield _ports(name, known, mono)
            yield _clock(name, known, now)
            yield loop_finding(f"loop:{name}", known.report.loop_lag_s)


def loop_finding(key: str, lag_s: float) -> Finding:
    """How long the event loop of a process was blocked at most."""
    level: Level = "ok" if lag_s < LAG_S else "amber" if lag_s < LONG_LAG_S else "red"
    text = "loop.ok" if level == "ok" else "loop.blocked"
    return Finding(key, level, text, {"lag_ms": round(lag_s * 1000)})


def _presence(name: str, known: Known, mono: float) -> Iterator[Finding]:
    key, silent = f"gateway:{name}", mono - known.heard_at
    if not known.report.online:
        yield Finding(key, "red", "gateway.offline", {"gateway": name})
        return
    if silent > SILENT_S:
        numbers: dict[str, float | str] = {"gateway": name, "seconds": round(silent)}
        yield Finding(key, "red", "gateway.silent", numbers)
    else:
        yield Finding(key, "ok", "gateway.online", {"gateway": name})


def _spool(name: str, spool: SpoolReport, now: datetime) -> Finding:
    key, share = f"spool:{name}", spool.size / max(spool.limit, 1)
    waited = 0.0
    if spool.oldest_heard_at is not None:
        waited = max((now - spool.oldest_heard_at).total_seconds(), 0.0)
    numbers: dict[str, float | str] = {
        "gateway": name,
        "percent": round(share * 100),
        "depth": spool.depth,
        "seconds": round(waited),
    }
    if spool.fault is not None:
        return Finding(key, "red", "spool.fault", {**numbers, "reason": spool.fault})
    if share >= FULL:
        return Finding(key, "red", "spool.full", numbers)
    if share >= FILLING:
        return Finding(key, "amber", "spool.filling", numbers)
    if spool.depth and waited > WAITING_S:
        return Finding(key, "amber", "spool.waiting", numbers)
    return Finding(key, "ok", "spool.ok", numbers)


def _shedding(name: str, known: Known, mono: float) -> Finding:
    key = f"shedding:{name}"
    now = {kind: rise.by for kind, rise in known.shed.items() if rise.recent(mono)}
    if not now:
        return Finding(key, "ok", "shedding.none", {"gateway": name})
    kinds = ", ".join(sorted(now))
    numbers: dict[str, float | str] = {"gateway": name, "kinds": kinds, "count": sum(now.values())}
    return Finding(key, "amber", "shedding.now", numbers)


def _ports(name: str, known: Known, mono: float) -> Finding:
    key = f"ports:{name}"
    if known.drops.recent(mono):
        numbers: dict[str, float | str] = {"gateway": name, "count": known.drops.by}
        return Finding(key, "red", "ports.dropping", numbers)
    for port in _all_ports(known.report):
        if port.buffer is not None and port.buffer < (port.buffer_wanted or 0):
            numbers = {"gateway": name, "buffer": port.buffer, "wanted": port.buffer_wanted or 0}
            return Finding(key, "amber", "ports.buffer", numbers)
    return Finding(key, "ok", "ports.ok", {"gateway": name})


def _clock(name: str, known: Known, now: datetime) -> Finding:
    key, report = f"clock:{name}", known.report
    jumped, by = report.clock_jump_at, report.clock_jump_s
    lately = jumped is not None and abs((now - jumped).total_seconds()) < JUMP_SHOWN_S
    if lately and abs(by) > JUMP_S:
        return Finding(key, "amber", "clock.jumped", {"gateway": name, "seconds": round(by, 1)})
    skew = abs(known.skew_s)
    numbers: dict[str, float | str] = {"gateway": name, "seconds": round(known.skew_s, 1)}
    if skew > SKEW_S:
        return Finding(key, "red" if skew > FAR_SKEW_S else "amber", "clock.skewed", numbers)
    return Finding(key, "ok", "clock.ok", {"gateway": name})


def _all_ports(report: GatewayReport) -> Iterator[PortReport]:
    for link in report.links:
        yield from link.ports


def _drops(report: GatewayReport) -> int:
    return sum(port.kernel_drops for port in _all_ports(report))
