"""Where the broker is, and whether we are in contact with it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT 5 broker and what it wants to see of us."""

    host: str
    port: int
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    "None: nothing is encrypted."
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    keepalive_s: int = 8
    "A peer that is silent for one and a half times as long is taken for dead."

    def __str__(self) -> str:
        return f"broker {self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether the broker is there."""

    connected: bool
    since: datetime
    "UTC."
    reason: str
    "English, short: `connected`, or why not."


class ContactLog:
    """The present contact, and each change of it for those who wait."""

    def __init__(self, first: Contact) -> None:
        self._now = first
        self._changed = asyncio.Condition()
        self._closed = False

    @property
    def now(self) -> Contact:
        return self._now

    async def set(self, contact: Contact) -> None:
        """Tell a change."""
        async with self._changed:
            self._now = contact
            self._changed.notify_all()

    async def close(self) -> None:
        """End all readers."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def read(self) -> AsyncIterator[Contact]:
        """The present contact, then the newest after each change; ends when the bus closes."""
        seen: Contact | None = None
        while True:
            async with self._changed:
                while self._now is seen and not self._closed:
                    await self._changed.wait()
                if self._now is seen:
                    return
                seen = self._now
            yield seen
