"""A text as radios can show it: one line without control characters."""

import re
from typing import Final

_BREAKS: Final = re.compile(r"\r\n|[\n\r\t]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """The same text, each line break and tab one blank, other C0 and C1 controls gone.

    CR LF is one line break, and CR alone is one too.
    """
    return _CONTROLS.sub("", _BREAKS.sub(" ", text))
