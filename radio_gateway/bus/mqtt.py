"""A session with the broker that is kept up: the only module that knows the MQTT library.

Connects again by itself, publishes a bounded number of messages at a time, hands on what arrives.
"""

import asyncio
import contextlib
import logging
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import aiomqtt
from paho.mqtt.client import Client as PahoClient
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from radio_gateway.backoff import Backoff
from radio_gateway.bus.broker import Broker, Contact, ContactLog
from radio_gateway.bus.complaints import Complaints
from radio_gateway.bus.errors import BusClosedError, BusError

log = logging.getLogger(__name__)

PENDING: Final = 16
"Publishes under way at one time; brokers allow 20 by default."
ANSWER_S: Final = 5.0
"Longest wait for any answer of the broker."
STABLE_S: Final = 30.0
"A connection that lasted this long lets the next attempt begin with the shortest pause."
WILL_DELAY_S: Final = 2
"The broker tells of our end this long after it noticed, if we are not back by then."
SESSION_S: Final = 7 * 24 * 3600
"The broker keeps what is for us for this long."
PACKET: Final = 65 * 1024
"Octets of the largest packet that the broker may send us."
_NO_REASON: Final = (0x80, 0x8E)
"Unspecified, which stands for none; session taken over."
_NO_READER: Final = 0x10
"MQTT 5.0, 3.4.2.1: taken, and there are no matching subscribers. Brokers may say so, not all do."
_FIRST: Final = "not tried yet"
_quiet = logging.getLogger(f"{__name__}.library")
_quiet.setLevel(logging.ERROR)


class SupersededError(Exception):
    """Another client has our place for good; ends the session."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int | None = None
    "The broker forgets it after so many seconds; None: never."
    for_reader: bool = False
    "Publishing fails where the broker says that nobody has subscribed to it."


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message that came."""

    topic: str
    payload: bytes
    retained: bool
    "From before our subscription."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to the broker, and what we want of it."""

    client_id: str
    persistent: bool
    "The broker keeps messages for us while we are away."
    topics: Sequence[str]
    "Filters, QoS 1."
    retained: Sequence[str] = ()
    "Filters whose retained messages we want first."
    will: Sending | None = None


class MqttSession:
    """One client of one broker; `run` keeps it connected."""

    def __init__(
        self,
        broker: Broker,
        identity: Identity,
        take: Callable[[Arrived], Awaitable[None]],
        now: Callable[[], datetime],
        *,
        greeting: Callable[[], Sequence[Sending]] = tuple,
        backoff: Backoff | None = None,
    ) -> None:
        """Prepare; nothing is connected before `run`.

        `take`: called with every message; may raise SupersededError and nothing else. `greeting`:
        published after each connecting, before anything arrives.
        """
        self._broker = broker
        self._identity = identity
        self._take = take
        self._now = now
        self._greeting = greeting
        self._backoff = backoff or Backoff()
        self._loop = asyncio.get_running_loop()
        self._client: _Client | None = None
        self._slots = asyncio.Semaphore(PENDING)
        self.complaints = Complaints(self._loop.time)
        self.contacts = ContactLog(Contact(connected=False, since=now(), reason=_FIRST))
        self.taken_over = False
        "Another client has our place, and we gave way."

    async def run(self) -> None:
        """Stay connected until cancelled, or until `take` finds that we are superseded."""
        while True:
            began = self._loop.time()
            try:
                await self._connected()
            except SupersededError as error:
                self.taken_over = True
                await self._away(str(error))
                return
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                await self._away(self._explained(error))
            if self._loop.time() - began > STABLE_S:
                self._backoff.reset()
            await asyncio.sleep(self._backoff.pause())

    async def publish(self, sending: Sending) -> None:
        """Publish one message; returns once the broker has it (QoS 1) or it is on its way (QoS 0).

        Raises:
            BusError: the broker is away, or goes away, or does not answer.
        """
        async with self._slots:
            if self._client is None:
                raise self._absence()
            try:
                await self._client.unless_lost(self._client.send(sending))
            except (aiomqtt.MqttError, ValueError) as error:
                raise BusError(f"{self._broker}: {self._explained(error)}") from error

    async def publish_all(self, sendings: Sequence[Sending]) -> None:
        """Publish several in their order, `PENDING` at a time; raises as `publish` does."""
        done = await asyncio.gather(*map(self.publish, sendings), return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result

    async def _connected(self) -> None:
        """One connection, from its beginning to the error that ends it."""
        client = _Client(self._broker, self._identity, self._refused)
        async with _entered(client):
            await client.unless_lost(self._begin(client))
            self._client = client
            try:
                await self._present()
                async for message in client.messages:
                    topic = message.topic.value
                    await self._take(Arrived(topic, message.payload, message.retain))
            finally:
                self._client = None

    async def _begin(self, client: "_Client") -> None:
        for sending in self._greeting():
            await client.send(sending)
        await client.ask_for(self._identity)

    async def _present(self) -> None:
        before, now = self.contacts.now, self._now()
        if before.reason == _FIRST:
            log.info("%s: connected", self._broker)
        else:
            away_s = (now - before.since).total_seconds()
            log.info("%s: back after %.0f s", self._broker, max(away_s, 0.0))
        await self.contacts.set(Contact(connected=True, since=now, reason="connected"))

    async def _away(self, reason: str) -> None:
        before = self.contacts.now
        if not before.connected and before.reason == reason:
            return
        since = self._now() if before.connected or before.reason == _FIRST else before.since
        log.warning("%s: away since %s: %s", self._broker, f"{since:%H:%M:%S} UTC", reason)
        await self.contacts.set(Contact(connected=False, since=since, reason=reason))

    def _absence(self) -> BusError:
        if self.taken_over:
            return BusClosedError(f"{self._broker}: {self.contacts.now.reason}")
        return BusError(f"{self._broker} is away: {self.contacts.now.reason}")

    def _explained(self, error: BaseException) -> str:
        """The innermost reason as one short line without the library's own numbers."""
        cause = error.__cause__ or error
        code = getattr(cause, "rc", None)
        if isinstance(code, ReasonCode) and code.value in _NO_REASON:
            name = self._identity.client_id
            return f"it closed the connection, as it does when another client calls itself {name}"
        text = str(cause).split("\n")[0] or type(cause).__name__
        return re.sub(r"^\[[^]]*\] ", "", text)

    def _refused(self, reason: str) -> None:
        self.complaints.note(
            "refused by the broker",
            f"{reason}; its access list must let {self._identity.client_id} publish",
        )


class _Client(aiomqtt.Client):
    """The library's client with our settings; tells when the broker refuses a message."""

    def __init__(self, broker: Broker, identity: Identity, refused: Callable[[str], None]) -> None:
        will = identity.will
        super().__init__(
            broker.host,
            broker.port,
            username=broker.username,
            password=broker.password,
            identifier=identity.client_id,
            logger=_quiet,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=None if will is None else _will(will),
            timeout=ANSWER_S,
            keepalive=broker.keepalive_s,
            clean_start=not identity.persistent,
            max_inflight_messages=PENDING,
            properties=_connect_properties(persistent=identity.persistent),
            tls_context=broker.tls,
            # small messages leave at once; else they wait for the acknowledgement of the last
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        self.pending_calls_threshold = 2 * PENDING
        self._client.connect_timeout = ANSWER_S
        self._refused = refused
        self._unread = 0
        "Messages so far to which nobody had subscribed."

    async def ask_for(self, identity: Identity) -> None:
        """Subscribe; MqttError when the broker does not let us."""
        wishes = [(topic, _options(retained=False)) for topic in identity.topics]
        wishes += [(topic, _options(retained=True)) for topic in identity.retained]
        for code in await self.subscribe(wishes):
            if isinstance(code, ReasonCode) and code.is_failure:
                raise aiomqtt.MqttError(f"it refuses what we want to read: {code}")

    async def send(self, sending: Sending) -> None:
        """Publish; MqttError when the connection is lost, no answer comes, or nobody reads it.

        The last is only known to be about one of the messages under way: all of them fail.
        """
        properties, unread = None, self._unread
        if sending.expiry_s is not None:
            properties = _properties(PacketTypes.PUBLISH, MessageExpiryInterval=sending.expiry_s)
        await self.publish(sending.topic, sending.payload, sending.qos, sending.retain, properties)
        if sending.for_reader and self._unread != unread:
            raise aiomqtt.MqttError("no dispatch has subscribed to events yet")

    async def unless_lost(self, work: Coroutine[Any, Any, None]) -> None:
        """Await `work`; MqttError at once when the connection ends before it."""
        task = asyncio.ensure_future(work)
        lost = self._disconnected
        try:
            await asyncio.wait({task, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise aiomqtt.MqttError("the connection was lost") from lost.exception()
            await task
        finally:
            task.cancel()

    def abandon(self) -> None:
        """Close the socket of a connection that did not come about or has broken."""
        opened = self._client.socket()
        if opened is not None:
            self._on_socket_unregister_write(self._client, None, opened)
            self._on_socket_close(self._client, None, opened)
            opened.close()
        if self._disconnected.done():
            self._disconnected.exception()  # looked at, so that nobody misses its reason

    def _on_publish(
        self,
        client: PahoClient,
        userdata: Any,
        mid: int,
        reason_code: ReasonCode,
        properties: Properties,
    ) -> None:
        if reason_code.is_failure:
            self._refused(str(reason_code))
        self._unread += reason_code.value == _NO_READER
        super()._on_publish(client, userdata, mid, reason_code, properties)


@asynccontextmanager
async def _entered(client: _Client) -> AsyncIterator[None]:
    """Connect, and disconnect in any case; being cancelled waits for the connecting thread."""
    entering = asyncio.ensure_future(client.__aenter__())
    try:
        await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.wait({entering})
        if entering.exception() is None:
            await client.__aexit__(None, None, None)
        client.abandon()
        raise
    except BaseException:
        client.abandon()
        raise
    try:
        yield
    finally:
        with contextlib.suppress(aiomqtt.MqttError):
            await client.__aexit__(None, None, None)
        client.abandon()


def _options(*, retained: bool) -> SubscribeOptions:
    handling = (
        SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
        if retained
        else SubscribeOptions.RETAIN_DO_NOT_SEND
    )
    return SubscribeOptions(qos=1, noLocal=True, retainHandling=handling)


def _will(will: Sending) -> aiomqtt.Will:
    delay = _properties(PacketTypes.WILLMESSAGE, WillDelayInterval=WILL_DELAY_S)
    return aiomqtt.Will(will.topic, will.payload, will.qos, will.retain, delay)


def _connect_properties(*, persistent: bool) -> Properties:
    return _properties(
        PacketTypes.CONNECT,
        SessionExpiryInterval=SESSION_S if persistent else 0,
        MaximumPacketSize=PACKET,
    )


def _properties(packet: int, **values: int) -> Properties:
    found = Properties(packet)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    for name, value in values.items():
        setattr(found, name, value)
    return found
