"""The gateway's side of the bus over an MQTT broker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from radio_gateway.backoff import Backoff
from radio_gateway.bus import topics
from radio_gateway.bus.batches import LIMIT, EventMessage, cut
from radio_gateway.bus.broker import Broker, Contact
from radio_gateway.bus.channel import Channel
from radio_gateway.bus.errors import BusClosedError, BusError
from radio_gateway.bus.mqtt import Arrived, Identity, MqttSession, Sending
from radio_gateway.bus.topics import Subject
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import (
    CommandEnvelope,
    EventEnvelope,
    Receipt,
    WireError,
    kind_of,
    load_command,
    load_receipt,
)
from radio_gateway.domain.wire_report import dump_report

ROOM: Final = 10_000
"Receipts, or commands, that may wait for the gateway."
FAREWELL_S: Final = 2.0
"Longest try to say good-bye."


class GatewayMqttBus:
    """Implements `radio_gateway.domain.ports.GatewayBus`; opened by `gateway_bus`."""

    def __init__(
        self,
        broker: Broker,
        report: GatewayReport,
        now: Callable[[], datetime],
        backoff: Backoff | None = None,
    ) -> None:
        """`report`: the first one; its name is the gateway's."""
        self._gateway = report.gateway
        self._report = report
        self._now = now
        self._receipts: Channel[Receipt] = Channel(ROOM)
        self._commands: Channel[CommandEnvelope] = Channel(ROOM)
        self._closed = False
        identity = Identity(
            client_id=f"sardze-gw-{self._gateway}",
            persistent=True,
            topics=(topics.commands(self._gateway), topics.receipt(self._gateway)),
            will=_status(replace(report, online=False)),
        )
        self._session = MqttSession(
            broker,
            identity,
            self._take,
            now,
            greeting=lambda: [_status(self._report)],
            backoff=backoff,
        )

    @property
    def contact(self) -> Contact:
        """Whether the broker is there, since when, and why not."""
        return self._session.contacts.now

    def contacts(self) -> AsyncIterator[Contact]:
        """The present contact, then each change; ends when the bus is closed."""
        return self._session.contacts.read()

    @property
    def faults(self) -> Mapping[str, int]:
        """Messages that were dropped, both ways, by reason."""
        return self._session.complaints.counts

    async def run(self) -> None:
        """Stay connected until cancelled."""
        await self._session.run()

    async def publish(self, events: Sequence[EventEnvelope]) -> None:
        """Hand events on; returns when the broker has taken them, which is not a receipt.

        An event that fits into no message is counted and logged; it stays in the spool.

        A broker that has lost its sessions would throw away what comes before dispatch is back:
        it says so, and what has no receipt to wait for must not be gone.

        Raises:
            BusError: the broker is away or did not answer, or no dispatch reads events; it may
                have taken some.
        """
        self._check()
        sendings = []
        for message in cut(events):
            if isinstance(message, EventMessage):
                topic = topics.event(self._gateway, message.kind)
                sendings.append(Sending(topic, message.payload, for_reader=True))
            else:
                self._session.complaints.note("unsendable", message)
        await self._session.publish_all(sendings)

    def receipts(self, gateway: str) -> AsyncIterator[Receipt]:
        """What dispatch has committed; `gateway` must be this one."""
        self._is_own(gateway)
        return self._receipts.read()

    def commands(self, gateway: str) -> AsyncIterator[CommandEnvelope]:
        """What dispatch wants; `gateway` must be this one."""
        self._is_own(gateway)
        return self._commands.read()

    async def report(self, report: GatewayReport) -> None:
        """Tell how the gateway is; while the broker is away the newest one waits for it."""
        self._check()
        self._report = report
        with contextlib.suppress(BusError):
            await self._session.publish(_status(report))

    async def close(self) -> None:
        """Say good-bye if the broker is there, and end all readers."""
        if self._closed:
            return
        self._closed = True
        self._report = replace(self._report, at=self._now(), online=False)
        with contextlib.suppress(BusError, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._session.publish(_status(self._report))
        await self._receipts.close()
        await self._commands.close()
        await self._session.contacts.close()

    async def _take(self, arrived: Arrived) -> None:
        note = self._session.complaints.note
        if len(arrived.payload) > LIMIT:
            note("too large", f"{len(arrived.payload)} octets in {arrived.topic}")
        elif arrived.retained:
            note("retained", f"{arrived.topic} holds a message of the past")
        else:
            try:
                await self._read(arrived)
            except ValueError as error:
                note("unreadable", f"{arrived.topic}: {error}")

    async def _read(self, arrived: Arrived) -> None:
        address = topics.parse(arrived.topic)
        if address.subject is Subject.RECEIPT:
            taken = await self._receipts.offer(load_receipt(arrived.payload, address.gateway))
        elif address.subject is Subject.COMMAND:
            command = load_command(arrived.payload)
            if command.gateway not in (self._gateway, "*"):
                raise WireError(f"a command for gateway {command.gateway!r}")
            if kind_of(command.command) != address.kind:
                raise WireError(f"a command {kind_of(command.command)}")
            taken = await self._commands.offer(command)
        else:
            raise WireError("nothing that a gateway reads")
        if not taken:
            self._session.complaints.note("no room", f"{ROOM} wait in {arrived.topic}")

    def _is_own(self, gateway: str) -> None:
        if gateway != self._gateway:
            raise ValueError(f"this is the bus of gateway {self._gateway}, not of {gateway}")

    def _check(self) -> None:
        if self._closed:
            raise BusClosedError("the bus is closed")


@asynccontextmanager
async def gateway_bus(
    broker: Broker,
    report: GatewayReport,
    now: Callable[[], datetime],
    *,
    backoff: Backoff | None = None,
) -> AsyncIterator[GatewayMqttBus]:
    """Keep one gateway in contact with the broker within the block; says good-bye at its end.

    `report` is told at every connecting until `GatewayMqttBus.report` brings a newer one; `now`
    gives the time, UTC.
    """
    bus = GatewayMqttBus(broker, report, now, backoff)
    async with asyncio.TaskGroup() as tasks:
        session = tasks.create_task(bus.run(), name="broker")
        try:
            yield bus
        finally:
            await bus.close()
            session.cancel()


def _status(report: GatewayReport) -> Sending:
    return Sending(topics.status(report.gateway), dump_report(report), retain=True)
