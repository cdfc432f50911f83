"""Logs: one line per fact for people, or one JSON object per line; no personal data.

Texts that radios send could forge lines of their own, so control characters are escaped.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TextIO

_ESCAPED: Final = {
    code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if code != 0x0A
} | {0x0A: "\\n", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_NOISY: Final = ("aiomqtt", "aiosqlite", "alembic", "asyncio", "mqtt", "sqlalchemy.engine")


class LogFormat(StrEnum):
    """How lines look."""

    TEXT = "text"
    JSON = "json"


class LineFormatter(logging.Formatter):
    """`2026-11-22T14:32:49.120Z WARNING radio_gateway.links: ...`; only a traceback has lines."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage().translate(_ESCAPED)
        line = f"{_time(record)} {record.levelname} {record.name}: {text}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class JsonFormatter(logging.Formatter):
    """`{"t": ..., "level": ..., "logger": ..., "text": ...}`, with `exception` where there is one.

    `template` is the text before its values were put in: lines of one kind have it in common.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "t": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        if record.args:
            fields["template"] = str(record.msg)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=True)


def set_up_logs(
    *, debug: bool = False, form: LogFormat = LogFormat.TEXT, stream: TextIO | None = None
) -> None:
    """Send all logs to one stream, standard error if none is given."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form is LogFormat.JSON else LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return f"{at.removesuffix('+00:00')}Z"
