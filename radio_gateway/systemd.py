"""What systemd wants to hear of a service: that it is ready, alive, about to stop.

The protocol of sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names. Without it, as in
a terminal or a container, nothing is sent.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping


def notify(message: str, environment: Mapping[str, str] = os.environ) -> None:
    """Send one message, such as `READY=1`; a manager that is gone is no fault of ours."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # a name without a file
        address = f"\0{address[1:]}"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
        way.connect(address)
        way.send(message.encode())


def watchdog_s(environment: Mapping[str, str] = os.environ) -> float | None:
    """Seconds within which the manager wants a sign of life; None: it does not watch."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    wanted = environment.get("WATCHDOG_USEC", "")
    return int(wanted) / 1e6 if wanted.isdecimal() and int(wanted) else None


async def keep_watchdog(environment: Mapping[str, str] = os.environ) -> None:
    """Give signs of life while the event loop runs, until cancelled."""
    period = watchdog_s(environment)
    while period is not None:
        notify("WATCHDOG=1", environment)
        await asyncio.sleep(period / 2)
