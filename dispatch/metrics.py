"""`/metrics` for Prometheus: counts and times, nothing about people."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.clock import monotonic

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

Gauges = Callable[[], Mapping[str, float]]
"Numbers of this moment, by metric name."


class Metrics:
    """The metrics of one app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "sardze_http_requests",
            "HTTP requests answered.",
            ("method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "sardze_http_request_seconds",
            "Time until the answer began.",
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def watch(self, gauges: Gauges, help_text: str) -> None:
        """Ask `gauges` for numbers whenever somebody looks."""
        self.registry.register(_Watched(gauges, help_text))


class _Watched(Collector):
    def __init__(self, gauges: Gauges, help_text: str) -> None:
        self._gauges = gauges
        self._help = help_text

    def describe(self) -> Iterable[Metric]:
        return ()  # names are known only when the parts run

    def collect(self) -> Iterable[Metric]:
        for name, value in self._gauges().items():
            yield GaugeMetricFamily(name, self._help, value=value)


class RequestMetrics:
    """ASGI middleware that counts requests and how long they took to begin an answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = monotonic()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # any client can invent methods; each would be a series of its own
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(method, str(message["status"])).inc()
                self._metrics.seconds.observe(monotonic() - began)
            await send(message)

        await self._app(scope, receive, counted)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
