"""The condition for Prometheus, in its naming: base units, `_total` for what only rises."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dispatch.condition.gateways import Known
from dispatch.condition.lamp import WEIGHT
from dispatch.condition.service import Condition

_QUANTILES = (0.5, 0.99)


class ConditionMetrics(Collector):
    """Reads the watchers whenever somebody looks."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    def describe(self) -> Iterable[Metric]:
        """Nothing: names are known only when the parts run."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All metrics as of now."""
        yield from self._lamps()
        yield from self._own()
        yield from self._links()
        yield from self._ports()
        yield from self._gateways()

    def _lamps(self) -> Iterator[Metric]:
        lamps = GaugeMetricFamily(
            "sardze_lamp",
            "Lamp of a part: 0 works, 1 look at it, 2 does not work.",
            labels=("lamp",),
        )
        for lamp in self._condition.board.view():
            lamps.add_metric((lamp.key,), WEIGHT[lamp.level])
        yield lamps

    def _own(self) -> Iterator[Metric]:
        condition = self._condition
        yield _gauge("sardze_database_up", "1: writes are taken.", not condition.database.away)
        yield _gauge(
            "sardze_loop_lag_seconds",
            "Longest block of this process's loop.",
            condition.heart.lag_s,
        )
        yield _gauge("sardze_tasks", "Tasks of this process's loop.", len(asyncio.all_tasks()))
        if condition.data.free is not None:
            yield _gauge("sardze_disk_free_bytes", "Free for data_dir.", condition.data.free)
        if condition.broker is not None:
            yield _gauge("sardze_broker_connected", "1: connected.", condition.broker())
        probes = GaugeMetricFamily(
            "sardze_commit_probe_seconds",
            "Time of a small write and its commit.",
            labels=("quantile",),
        )
        for share in _QUANTILES:
            probes.add_metric((str(share),), condition.database.quantile(share))
        yield probes
        if (missing := condition.missing()) is not None:
            yield _gauge("sardze_events_missing", "Numbered, and not arrived for long.", missing)
        if (latency := condition.latency()) is not None:
            commits = GaugeMetricFamily(
                "sardze_commit_seconds",
                "From hearing to commit, last minute.",
                labels=("quantile",),
            )
            for share, seconds in ((0.5, latency.p50_s), (0.99, latency.p99_s)):
                if seconds is not None:
                    commits.add_metric((str(share),), seconds)
            yield commits

    def _links(self) -> Iterator[Metric]:
        labels = ("gateway", "link", "site")
        frames = CounterMetricFamily("sardze_link_frames", "Frames heard.", labels=labels)
        bad = CounterMetricFamily("sardze_link_malformed", "Frames nobody can read.", labels=labels)
        refused = CounterMetricFamily("sardze_link_refused", "Frames of strangers.", labels=labels)
        up = GaugeMetricFamily("sardze_link_up", "1: up.", labels=labels)
        lag = GaugeMetricFamily("sardze_link_lag_seconds", "Since the last payload.", labels=labels)
        now = self._condition.links.now()
        for link in self._condition.links.links:
            names = (link.gateway, link.name, link.site)
            frames.add_metric(names, link.frames)
            bad.add_metric(names, link.malformed)
            refused.add_metric(names, link.refused)
            up.add_metric(names, link.state == "up")
            if link.last_payload_at is not None:
                lag.add_metric(names, max((now - link.last_payload_at).total_seconds(), 0.0))
        yield from (frames, bad, refused, up, lag)

    def _ports(self) -> Iterator[Metric]:
        labels = ("gateway", "link", "endpoint")
        drops = CounterMetricFamily(
            "sardze_port_kernel_drops", "Datagrams lost before they were read.", labels=labels
        )
        received = CounterMetricFamily("sardze_port_received", "Datagrams read.", labels=labels)
        sent = CounterMetricFamily("sardze_port_sent", "Datagrams sent.", labels=labels)
        buffers = GaugeMetricFamily(
            "sardze_port_buffer_bytes", "Receive queue as the kernel gave it.", labels=labels
        )
        for name, known in self._condition.gateways.known.items():
            for link in known.report.links:
                for port in link.ports:
                    names = (name, link.name, port.endpoint)
                    drops.add_metric(names, port.kernel_drops)
                    received.add_metric(names, port.received)
                    sent.add_metric(names, port.sent)
                    if port.buffer is not None:
                        buffers.add_metric(names, port.buffer)
        yield from (drops, received, sent, buffers)

    def _gateways(self) -> Iterator[Metric]:
        every = self._condition.gateways.known
        yield _by_gateway("sardze_gateway_online", "1: online.", every, lambda k: k.report.online)
        yield _by_gateway(
            "sardze_gateway_loop_lag_seconds",
            "Longest block of the gateway's loop.",
            every,
            lambda k: k.report.loop_lag_s,
        )
        shed = CounterMetricFamily(
            "sardze_gateway_events_shed", "Given up under overload.", labels=("gateway", "kind")
        )
        for name, known in every.items():
            for kind, count in (known.report.spool.shed if known.report.spool else {}).items():
                shed.add_metric((name, kind), count)
        yield shed
        yield from self._spools({name: k for name, k in every.items() if k.report.spool})

    def _spools(self, every: dict[str, Known]) -> Iterator[Metric]:
        now = self._condition.links.now()
        depth = GaugeMetricFamily("sardze_spool_events", "Events that wait.", labels=("gateway",))
        size = GaugeMetricFamily("sardze_spool_bytes", "Octets in use.", labels=("gateway",))
        limit = GaugeMetricFamily(
            "sardze_spool_limit_bytes", "Octets at most.", labels=("gateway",)
        )
        oldest = GaugeMetricFamily(
            "sardze_spool_oldest_seconds", "Age of the oldest event.", labels=("gateway",)
        )
        lost = CounterMetricFamily(
            "sardze_gateway_events_lost", "Durable, and lost.", labels=("gateway",)
        )
        for name, known in every.items():
            spool = known.report.spool
            if spool is None:
                continue
            at = spool.oldest_heard_at
            depth.add_metric((name,), spool.depth)
            size.add_metric((name,), spool.size)
            limit.add_metric((name,), spool.limit)
            oldest.add_metric((name,), 0.0 if at is None else max((now - at).total_seconds(), 0.0))
            lost.add_metric((name,), spool.lost)
        yield from (depth, size, limit, oldest, lost)


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _by_gateway(
    name: str, help_text: str, every: Mapping[str, Known], value: Callable[[Known], float]
) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=("gateway",))
    for gateway, known in every.items():
        family.add_metric((gateway,), value(known))
    return family
