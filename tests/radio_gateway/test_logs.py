"""What logs look like, whatever radios send."""

import json
import logging
import sys

from radio_gateway.logs import JsonFormatter, LineFormatter


def record(text: str, *values: object) -> logging.LogRecord:
    found = logging.LogRecord("radio", logging.WARNING, "", 0, text, values, None)
    found.created = 0.25
    return found


def test_a_radio_cannot_forge_a_line_of_the_log() -> None:
    line = LineFormatter().format(record("alias %s", "x\n2026 ERROR \x1b[31m\u2028y"))
    assert line == (
        "1970-01-01T00:00:00.250Z WARNING radio: alias x\\n2026 ERROR \\x1b[31m\\u2028y"
    )


def test_json_lines_hold_one_object_each() -> None:
    line = JsonFormatter().format(record("alias %s", "Ķ\n\u2028{}"))
    assert "\n" not in line
    assert line.isascii()
    assert json.loads(line) == {
        "t": "1970-01-01T00:00:00.250Z",
        "level": "warning",
        "logger": "radio",
        "text": "alias Ķ\n\u2028{}",
        "template": "alias %s",
    }


def test_json_lines_carry_the_traceback() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        found = record("failed")
        found.exc_info = sys.exc_info()
    fields = json.loads(JsonFormatter().format(found))
    assert fields["exception"].endswith("ValueError: why")
    assert "template" not in fields
