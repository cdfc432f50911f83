"""Dispatch's side of the bus over an MQTT broker."""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Final

from radio_gateway.backoff import Backoff
from radio_gateway.bus import topics
from radio_gateway.bus.batches import LIMIT
from radio_gateway.bus.broker import Broker, Contact
from radio_gateway.bus.channel import Channel
from radio_gateway.bus.errors import BusClosedError, BusError
from radio_gateway.bus.inbox import Inbox
from radio_gateway.bus.mqtt import Arrived, Identity, MqttSession, Sending, SupersededError
from radio_gateway.bus.passing import Assembly, parts
from radio_gateway.bus.topics import Address, Subject
from radio_gateway.domain.report import GatewayReport
from radio_gateway.domain.wire import (
    CommandEnvelope,
    EventEnvelope,
    Receipt,
    UnknownKindError,
    WireError,
    dump_command,
    dump_receipt,
    kind_of,
    load_events,
)
from radio_gateway.domain.wire_report import load_report

WRITER_ID: Final = "sardze-ingest"
"Client id of the one that stores: a second one takes the session over from the first."
PASSING_ROOM: Final = 1_000
"Passing values that may wait for a server; further ones are dropped."


class Role(StrEnum):
    """What a server of dispatch does."""

    WRITER = "writer"
    "Stores the events of all gateways, and passes values on to the other servers."
    FOLLOWER = "follower"
    "Reads passing values, and alarms; events reach it through the database."


class DispatchMqttBus:
    """Implements `radio_gateway.domain.ports.DispatchBus`; opened by `dispatch_bus`."""

    def __init__(
        self,
        broker: Broker,
        role: Role,
        now: Callable[[], datetime],
        backoff: Backoff | None = None,
    ) -> None:
        writer = role is Role.WRITER
        self._now = now
        self._known: dict[str, GatewayReport] = {}
        self._inbox = Inbox()
        self._reports: Channel[GatewayReport] = Channel(PASSING_ROOM)
        self._passing: Channel[tuple[str, bytes]] = Channel(PASSING_ROOM)
        self._assembly = Assembly()
        self._passed = secrets.randbits(48)
        self._closed = False
        identity = Identity(
            client_id=WRITER_ID if writer else f"sardze-serve-{secrets.token_hex(6)}",
            persistent=writer,
            topics=(topics.EVENTS,) if writer else (topics.PASSING, topics.ALARMS),
            retained=(topics.STATUSES, topics.WRITER) if writer else (topics.STATUSES,),
        )
        self._token = secrets.token_hex(16).encode()
        self._announced = not writer
        self._session = MqttSession(
            broker, identity, self._take, now, greeting=self._announce, backoff=backoff
        )

    @property
    def contact(self) -> Contact:
        """Whether the broker is there, since when, and why not."""
        return self._session.contacts.now

    def contacts(self) -> AsyncIterator[Contact]:
        """The present contact, then each change; ends when the bus is closed."""
        return self._session.contacts.read()

    @property
    def taken_over(self) -> bool:
        """Another writer came: this bus is closed and stays so."""
        return self._session.taken_over

    @property
    def faults(self) -> Mapping[str, int]:
        """Messages that were dropped, both ways, by reason."""
        return self._session.complaints.counts

    @property
    def gateways(self) -> Mapping[str, GatewayReport]:
        """The newest report of every gateway that is known, online or not."""
        return self._known

    async def run(self) -> None:
        """Stay connected until cancelled, or until another writer takes the session over."""
        await self._session.run()
        await self.close()

    def events(self) -> AsyncIterator[Sequence[EventEnvelope]]:
        """Batches of one gateway and kind, emergencies first; ends when the bus is closed.

        A follower gets alarms alone: it shows those that no writer stores.
        """
        return self._inbox.read()

    async def acknowledge(self, receipt: Receipt) -> None:
        """Tell a gateway, after the COMMIT, what it may forget; raises BusError."""
        self._check()
        for piece in _pieces(receipt):
            await self._session.publish(Sending(topics.receipt(receipt.gateway), piece))

    async def send(self, command: CommandEnvelope) -> None:
        """Hand a command to a gateway, or to all known ones (`*`), whether online or not.

        The broker keeps it for a gateway that is away, until it expires.

        Raises:
            BusError: the broker is away, or no gateway has ever reported.
        """
        self._check()
        names = sorted(self._known) if command.gateway == "*" else [command.gateway]
        if not names:
            raise BusError("no gateway has reported yet")
        kind, payload = kind_of(command.command), dump_command(command)
        expiry_s = None
        if command.expires_at is not None:
            left_s = (command.expires_at - self._now()).total_seconds()
            expiry_s = min(max(1, math.ceil(left_s)), 0xFFFF_FFFF)
        await self._session.publish_all(
            [Sending(topics.command(name, kind), payload, expiry_s=expiry_s) for name in names]
        )

    def reports(self) -> AsyncIterator[GatewayReport]:
        """The newest report of every gateway, then each new one; ends when the bus is closed."""
        return self._reports.read()

    async def pass_on(self, name: str, data: bytes) -> None:
        """Give a value to all other servers, or to none: it is not repeated if the broker is away.

        ValueError for a name with blanks, or octets that are too many (`passing.PART` * `MOST`).
        """
        self._passed += 1
        for part in parts(name, self._passed, data):
            try:
                await self._session.publish(Sending(topics.PASSING, part, qos=0))
            except BusError as error:
                self._session.complaints.note("not passed on", error)
                return

    def passing(self) -> AsyncIterator[tuple[str, bytes]]:
        """Name and octets of the values that the writer passes on; ends when the bus is closed."""
        return self._passing.read()

    async def close(self) -> None:
        """End all readers once they have read what waits; whoever writes gets BusClosedError."""
        self._closed = True
        await self._inbox.close()
        await self._reports.close()
        await self._passing.close()
        await self._session.contacts.close()

    def _announce(self) -> list[Sending]:
        """A new writer says once that it is the one; at each later connecting it looks.

        Not every broker tells why it closes a connection, so the first of two writers, connecting
        again, learns from the retained token that there is a second.
        """
        return [] if self._announced else [Sending(topics.WRITER, self._token, retain=True)]

    async def _take(self, arrived: Arrived) -> None:
        note = self._session.complaints.note
        if len(arrived.payload) > LIMIT:
            note("too large", f"{len(arrived.payload)} octets in {arrived.topic}")
            return
        if arrived.topic == topics.WRITER:
            if arrived.payload != self._token:
                raise SupersededError("another server has taken the session over")
            self._announced = True
            return
        try:
            if arrived.topic == topics.PASSING:
                await self._take_passing(arrived)
                return
            address = topics.parse(arrived.topic)
            if address.subject is Subject.STATUS:
                await self._take_report(address, arrived.payload)
            elif address.subject is not Subject.EVENT:
                raise WireError("nothing that dispatch reads")
            elif arrived.retained:
                note("retained", f"{arrived.topic} holds a message of the past")
            else:
                await self._take_events(address, arrived.payload)
        except ValueError as error:
            note("unreadable", f"{arrived.topic}: {error}")

    async def _take_events(self, address: Address, payload: bytes) -> None:
        note = self._session.complaints.note
        found, faults = load_events(payload)
        for fault in faults:
            newer = isinstance(fault, UnknownKindError)
            note("unknown kind" if newer else "unreadable", f"{address.gateway}: {fault}")
        batch = [
            one
            for one in found
            if one.gateway == address.gateway and kind_of(one.event) == address.kind
        ]
        if len(batch) < len(found):
            note("wrong topic", f"events of another gateway or kind in {address}")
        if batch and (dropped := await self._inbox.offer(batch)):
            note("no room", f"{dropped} {address.kind} of {address.gateway}; the database is slow")

    async def _take_report(self, address: Address, payload: bytes) -> None:
        report = load_report(payload, address.gateway)
        self._known[report.gateway] = report
        await self._reports.replace(report, lambda one: one.gateway == report.gateway)

    async def _take_passing(self, arrived: Arrived) -> None:
        whole = None if arrived.retained else self._assembly.add(arrived.payload)
        if whole is not None and not await self._passing.offer(whole):
            self._session.complaints.note("no room", f"{PASSING_ROOM} passing values wait")

    def _check(self) -> None:
        if self._closed:
            raise BusClosedError(self.contact.reason if self.taken_over else "the bus is closed")


@asynccontextmanager
async def dispatch_bus(
    broker: Broker,
    role: Role,
    now: Callable[[], datetime],
    *,
    backoff: Backoff | None = None,
) -> AsyncIterator[DispatchMqttBus]:
    """Keep one server of dispatch in contact with the broker within the block."""
    bus = DispatchMqttBus(broker, role, now, backoff)
    async with asyncio.TaskGroup() as tasks:
        session = tasks.create_task(bus.run(), name="broker")
        try:
            yield bus
        finally:
            await bus.close()
            session.cancel()


def _pieces(receipt: Receipt) -> list[bytes]:
    """Payloads that fit; what is wanted stands in the first."""
    payload = dump_receipt(receipt)
    if len(payload) <= LIMIT or len(receipt.ids) <= 1:
        return [payload]
    half = len(receipt.ids) // 2
    first = Receipt(receipt.gateway, receipt.ids[:half], receipt.epoch, receipt.wanted)
    second = Receipt(receipt.gateway, receipt.ids[half:], receipt.epoch)
    return [*_pieces(first), *_pieces(second)]
