"""Hands the rings of a running gateway to who may read its data directory.

A Unix socket beside the spool, for its owner only. The client sends one line of JSON,
`{"links": ["voice"]}` (an empty list: all), and gets a pcapng file until the end of the stream.
"""

import asyncio
import contextlib
import heapq
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from radio_gateway.recording import pcapng
from radio_gateway.recording.ring import Record

log = logging.getLogger(__name__)

SOCKET: Final = "recorder.sock"
"Name within the data directory."
ASK_S: Final = 5.0
"Seconds in which a client must say what it wants."
ANSWER_S: Final = 60.0
_PIECE: Final = 256
"Blocks written between two looks at the other work of the process."
_READ: Final = 65_536

Recorder = Callable[[], dict[str, list[Record]]]
"Copies of the rings, by name of the link."


class RecorderError(Exception):
    """No recording can be had; one line that says why and what to do."""


@asynccontextmanager
async def serving(directory: Path, recorder: Recorder) -> AsyncIterator[None]:
    """Answer clients until the block ends; a gateway without this socket works all the same."""
    try:
        listening = _listen(directory)
    except OSError as error:
        log.warning("no flight recorder: %s: %s", directory / SOCKET, error.strerror or error)
        yield
        return
    server = await asyncio.start_unix_server(
        lambda reader, writer: _answer(reader, writer, recorder), sock=listening
    )
    try:
        yield
    finally:
        server.close()
        (directory / SOCKET).unlink(missing_ok=True)


def fetch(directory: Path, links: Sequence[str]) -> Iterator[bytes]:
    """Pieces of the pcapng file that a running gateway gives.

    Raises:
        RecorderError: no gateway runs there, it records nothing, or it knows no such link.
    """
    where = directory / SOCKET
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(ANSWER_S)
            with _reachable(directory) as path:
                asking.connect(path)
            asking.sendall(json.dumps({"links": list(links)}).encode() + b"\n")
            first = asking.recv(_READ)
            if first[:1] == b"{":
                raise RecorderError(_told(first))
            if not first:
                raise RecorderError(f"{where}: the gateway gave nothing; see its log")
            yield first
            while piece := asking.recv(_READ):
                yield piece
    except (FileNotFoundError, ConnectionRefusedError):
        raise RecorderError(
            f"{where}: no gateway runs there (or it records nothing: recorder_kb = 0)"
        ) from None
    except OSError as error:
        raise RecorderError(f"{where}: {error.strerror or error}") from error


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recorder: Recorder
) -> None:
    try:
        async with asyncio.timeout(ASK_S):
            asked = await reader.readline()
        async with asyncio.timeout(ANSWER_S):
            await _write(writer, _chosen(asked, recorder()))
    except (OSError, TimeoutError, ValueError) as error:
        log.warning("a recording was not handed over: %r", error)
    except RecorderError as error:
        writer.write(json.dumps({"error": str(error)}).encode())
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _write(writer: asyncio.StreamWriter, records: Iterable[Record]) -> None:
    for count, block in enumerate(pcapng.write(records), 1):
        writer.write(block)
        if count % _PIECE == 0:
            await writer.drain()
            await asyncio.sleep(0)
    await writer.drain()


def _chosen(asked: bytes, rings: dict[str, list[Record]]) -> Iterable[Record]:
    wanted = json.loads(asked)
    links = wanted.get("links") if isinstance(wanted, dict) else None
    names = [str(name) for name in links] if isinstance(links, list) else []
    unknown = [name for name in names if name not in rings]
    if unknown:
        raise RecorderError(f"--link: found {unknown[0]}, expected one of {', '.join(rings)}")
    chosen = [rings[name] for name in names] if names else list(rings.values())
    return heapq.merge(*chosen, key=lambda record: record.at)


def _told(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, KeyError, TypeError):
        return "the gateway's answer cannot be read; is it of another version?"


def _listen(directory: Path) -> socket.socket:
    (directory / SOCKET).unlink(missing_ok=True)  # of a gateway that was killed
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        os.fchmod(bound.fileno(), 0o600)
        with _reachable(directory) as path:
            bound.bind(path)
    except OSError:
        bound.close()
        raise
    return bound


@contextlib.contextmanager
def _reachable(directory: Path) -> Iterator[str]:
    """The socket's path by way of an open directory: its own may be longer than 107 octets."""
    opened = os.open(directory, os.O_DIRECTORY | os.O_PATH)
    try:
        yield f"/proc/self/fd/{opened}/{SOCKET}"
    finally:
        os.close(opened)
