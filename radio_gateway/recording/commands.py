"""`radio-gateway record` and `support-bundle`: files for their owner only, whole or not at all."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from radio_gateway.recording import bundle, service
from radio_gateway.recording.service import RecorderError

Say = Callable[[str], None]


def record(directory: Path, links: Sequence[str], file: Path, say: Say) -> None:
    """Write what a running gateway has kept of its links.

    Raises:
        RecorderError: nothing to be had, or the file is there already.
    """
    size = write(file, service.fetch(directory, links))
    say(f"{file}: {size} octets; it holds real numbers, places and texts")


def support_bundle(recording: Path, file: Path, say: Say) -> None:
    """Write a recording without what it says of people.

    Raises:
        BundleError, CaptureError: no recording of ours, or a damaged one.
        RecorderError: the file is there already.
    """
    made = bundle.make(recording)
    write(file, made.octets)
    for line in made.lines():
        say(line)


def support_bundle_now(directory: Path, links: Sequence[str], file: Path, say: Say) -> None:
    """The same of what a running gateway has kept; raises as both."""
    with TemporaryDirectory(prefix="radio-gateway-") as folder:
        recording = Path(folder) / "recording.pcapng"
        write(recording, service.fetch(directory, links))
        support_bundle(recording, file, say)


def write(file: Path, pieces: Iterable[bytes]) -> int:
    """Write a new file that its owner alone can read; a failure leaves none behind.

    Returns:
        Its size in octets.

    Raises:
        RecorderError: the file is there already.
    """
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RecorderError(f"{file}: is there already; name another file") from None
    try:
        with os.fdopen(opened, "wb") as writing:
            for piece in pieces:
                writing.write(piece)
            return writing.tell()
    except BaseException:
        file.unlink(missing_ok=True)
        raise
