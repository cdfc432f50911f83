"""The program that is run when nobody answers: a siren, a text message, a telephone call."""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import Final

from dispatch.condition.lamp import Finding

log = logging.getLogger(__name__)

LIMIT_S: Final = 10.0
OUTPUT: Final = 200
"Characters of what it prints that are kept."


class Hook:
    """Runs one program with JSON on its standard input; no shell comes between."""

    def __init__(self, command: Sequence[str], limit_s: float = LIMIT_S) -> None:
        """`command`: program and arguments; none: nothing is configured."""
        self.command = tuple(command)
        self._limit_s = limit_s
        self._fault: str | None = None

    def __bool__(self) -> bool:
        return bool(self.command)

    def missing(self) -> str | None:
        """The program, if it is not there or may not be run."""
        if not self.command or shutil.which(self.command[0]) is not None:
            return None
        return self.command[0]

    async def run(self, document: bytes) -> str:
        """Run it to its end or to the limit; how it went, in a few words. Never raises."""
        words = await self._run(document)
        self._fault = None if words == "exit 0" else words
        level = logging.ERROR if self._fault else logging.WARNING
        log.log(level, "alarm hook %s: %s", self.command[0], words)
        return words

    def findings(self) -> Iterator[Finding]:
        """The lamp `hook`."""
        if not self.command:
            return
        if (program := self.missing()) is not None:
            yield Finding("hook", "red", "hook.missing", {"program": program})
        elif self._fault is not None:
            yield Finding("hook", "red", "hook.failed", {"reason": self._fault})
        else:
            yield Finding("hook", "ok", "hook.ok")

    async def _run(self, document: bytes) -> str:
        try:
            # a file, no pipe: a program may end without reading it
            with TemporaryFile() as stdin:
                stdin.write(document)
                stdin.seek(0)
                process = await asyncio.create_subprocess_exec(
                    *self.command,
                    stdin=stdin,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.STDOUT,
                )
        except (OSError, ValueError) as error:
            return f"cannot be run: {error}"[:OUTPUT]
        try:
            async with asyncio.timeout(self._limit_s):
                printed, _ = await process.communicate()
        except TimeoutError:
            return f"stopped after {self._limit_s:.0f} s"
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        said = " ".join(printed.decode("utf-8", "replace").split())
        if process.returncode == 0:
            return "exit 0"
        return f"exit {process.returncode}: {said}"[:OUTPUT]
