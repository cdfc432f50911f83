"""What Prometheus reads of the condition: names, labels and numbers."""

from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from dispatch.condition.board import Board
from dispatch.condition.metrics import ConditionMetrics
from dispatch.condition.service import Condition
from dispatch.db.database import Database
from dispatch.links.models import Link
from tests.dispatch.condition.test_gateways import LINK, REPORT, SPOOL

NOW = datetime(2026, 3, 1, 8, 0, 30, tzinfo=UTC)


async def test_every_part_has_its_labels(database: Database, tmp_path: Path) -> None:
    told: list[object] = []
    board = Board(told.extend, lambda: NOW)
    condition = Condition(board, database, tmp_path, now=lambda: NOW)
    condition.broker = lambda: False
    condition.missing = lambda: 3
    link = Link(
        id=1,
        gateway="gw",
        name="rimi",
        site="Karosta",
        state="up",
        since=REPORT.at,
        last_payload_at=REPORT.at,
        frames=120,
        malformed=2,
        refused=1,
        seen_at=NOW,
    )
    condition.links.links = [link]
    condition.gateways.take(REPORT)
    condition.data.look()
    board.look()
    registry = CollectorRegistry()
    registry.register(ConditionMetrics(condition))
    found = set(generate_latest(registry).decode().splitlines())
    assert {
        'sardze_lamp{lamp="broker"} 2.0',
        'sardze_lamp{lamp="backup"} 1.0',
        'sardze_lamp{lamp="spool:gw"} 0.0',
        "sardze_broker_connected 0.0",
        "sardze_database_up 1.0",
        "sardze_events_missing 3.0",
        'sardze_link_frames_total{gateway="gw",link="rimi",site="Karosta"} 120.0',
        'sardze_link_malformed_total{gateway="gw",link="rimi",site="Karosta"} 2.0',
        'sardze_link_refused_total{gateway="gw",link="rimi",site="Karosta"} 1.0',
        'sardze_link_lag_seconds{gateway="gw",link="rimi",site="Karosta"} 30.0',
        f'sardze_port_kernel_drops_total{{endpoint="main",gateway="gw",link="{LINK.name}"}} 0.0',
        f'sardze_spool_bytes{{gateway="gw"}} {float(SPOOL.size)}',
        'sardze_gateway_online{gateway="gw"} 1.0',
    } <= found
