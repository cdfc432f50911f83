"""Everything between the database and the gateways, in one process."""

import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from dispatch.background import Background, Work
from dispatch.election.service import Lease
from dispatch.health import Check, Health
from dispatch.metrics import Metrics
from dispatch.positions.packing import Packing
from dispatch.radio_side.joints import Joint
from dispatch.radio_side.reports import GatewayReports
from dispatch.radio_side.writer import Writer
from dispatch.retention.limits import Days
from dispatch.retention.service import Retention
from dispatch.shared import Shared


class RadioSide:
    """Bus, writer, orders and reports; its gateway too where it has one."""

    def __init__(self, shared: Shared, joint: Joint, kept: Days) -> None:
        """`kept`: how long records are, in days."""
        self._shared = shared
        self._kept = kept
        self.retention: Retention | None = None
        "The writer's, for its numbers."
        self.joint = joint
        self.reports = GatewayReports(shared, joint.bus)
        lease = None if shared.database.is_sqlite else Lease(shared.database, process_name())
        self.writer = Writer(shared, joint.writer_bus, lease, self._beside_ingest)

    @asynccontextmanager
    async def running(self, tasks: Background) -> AsyncIterator[None]:
        """Receive and send within the block; what was received is stored before it ends."""
        await self.reports.load()
        tasks.start("writer", self.writer.run)
        tasks.start("gateway reports", self.reports.run)
        async with self.joint.running(tasks, lambda: self.writer.writing):
            # orders go out once a gateway listens
            tasks.start("commands", lambda: self._shared.outbox.run(self.joint.bus))
            yield

    def watch(self, health: Health, metrics: Metrics) -> None:
        """Tell how it goes."""
        health.needed["ingest"] = self._ingest_check
        self.joint.watch(health)
        metrics.watch(self._numbers, "State of the radio side.")

    def _beside_ingest(self, shared: Shared) -> Mapping[str, Work]:
        """What one process alone does for all, with the writer's own `shared`."""
        retention = self.retention = Retention(shared.database, self._kept, shared.now)
        return {
            "gateway reports, kept": lambda: self.reports.keep(shared),
            "retention": retention.run,
            "packing of positions": Packing(shared.database, shared.now).run,
        }

    async def _ingest_check(self) -> Check:
        writer = self.writer
        if writer.writing:
            reason = writer.trouble or f"writes; {writer.waiting} events wait"
            return Check(ok=writer.trouble is None, reason=reason)
        return Check(ok=True, reason=f"stands by; {writer.other or 'nobody'} writes")

    def _numbers(self) -> Mapping[str, float]:
        writer, ingest = self.writer, self.writer.ingest
        return {
            "sardze_writer": float(writer.writing),
            "sardze_writer_terms": writer.terms,
            "sardze_writer_faults": writer.faults,
            "sardze_ingest_stored": 0 if ingest is None else ingest.stored,
            "sardze_ingest_rejected": 0 if ingest is None else ingest.rejected,
            "sardze_ingest_waiting": writer.waiting,
            "sardze_commands_waiting": self._shared.outbox.waiting,
            "sardze_emergencies_unshown": writer.unshown,
            **self.joint.numbers(),
            **({} if self.retention is None else self.retention.numbers()),
        }


def process_name() -> str:
    """Machine and process, for people who look for the one that writes."""
    return f"{socket.gethostname()}, process {os.getpid()}"
