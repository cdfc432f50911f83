"""A gateway's report of itself as JSON: what stands, retained, in its `status` topic."""

from radio_gateway.domain.jsonform import WireError, dumps, from_json, loads, to_json
from radio_gateway.domain.report import GatewayReport


def dump_report(report: GatewayReport) -> bytes:
    """Write a report as UTF-8 JSON."""
    return dumps(to_json(report)).encode()


def load_report(data: bytes, gateway: str) -> GatewayReport:
    """Read the report of this gateway.

    Raises:
        WireError: not JSON, a missing or wrong field, or another gateway's report.
    """
    report: GatewayReport = from_json(GatewayReport, loads(data))
    if report.gateway != gateway:
        raise WireError(f"a report of {report.gateway!r} in the name of {gateway!r}")
    return report
