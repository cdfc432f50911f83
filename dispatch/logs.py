"""Logs for people: one line per fact, no personal data, no line breaks from outside."""

import logging
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

_ESCAPED: Final = {
    code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if code != 0x0A
} | {0x0A: "\\n", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_NOISY: Final = ("aiosqlite", "alembic", "asyncio", "sqlalchemy.engine")


class LineFormatter(logging.Formatter):
    """`2026-11-22T14:32:49.120Z WARNING radio_gateway.links: ...`.

    Texts that radios send could forge lines of their own, so control characters are escaped;
    only a traceback of ours takes more than one line.
    """

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = record.getMessage().translate(_ESCAPED)
        line = f"{at.removesuffix('+00:00')}Z {record.levelname} {record.name}: {text}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def set_up_logs(*, debug: bool = False, stream: TextIO | None = None) -> None:
    """Send all logs to one stream, standard error if none is given."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
