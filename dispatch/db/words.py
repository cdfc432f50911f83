"""Words as searches compare them: without case and diacritics, the same on both databases."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

LONGEST_WORD: Final = 40
MOST_SOUGHT: Final = 12
"Words of one search; what a person types beyond that narrows nothing."
_WORD: Final = re.compile(r"[^\W_]+")
# letters that Unicode does not take apart
_WHOLE: Final = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
)


def words_of(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Every word once, in the order of appearance: `Šventoji, LV-3401` is sventoji lv 3401.

    A word is a run of letters and digits of any script, cut at 40 of them.
    """
    found: dict[str, None] = {}
    for text in texts:
        found.update((word[:LONGEST_WORD], None) for word in _WORD.findall(_fold(text or "")))
    return tuple(found)


def indexed(*texts: str | None) -> str:
    """What a column of type `Words` holds for these texts."""
    return " ".join(words_of(texts))


def lexemes(words: str) -> str:
    """`indexed` words as PostgreSQL reads a `tsvector` without places."""
    return " ".join(f"'{word}'" for word in words.split())


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_WHOLE).casefold()


class Words(TypeDecorator[str]):
    """Words with blanks between them, as `indexed` gives them.

    PostgreSQL: `tsvector` without places, for a GIN index. SQLite: text, for an FTS5 table.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else TSVECTOR())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name == "sqlite":
            return value
        return lexemes(value)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002  given by SQLAlchemy
    ) -> str | None:
        return None if value is None else value.replace("'", "")


@dataclass(frozen=True, slots=True)
class Sought:
    """A search: rows that hold all these words; the last one may be a beginning only."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> "Sought":
        """What a person typed; no words at all if there is no letter and no digit in it."""
        return cls(words_of([typed])[:MOST_SOUGHT])

    def tsquery(self) -> str:
        """For PostgreSQL's `tsquery`: words hold no character that means something there."""
        *whole, last = self.words
        return " & ".join([*(f"'{word}'" for word in whole), f"'{last}':*"])

    def match(self) -> str:
        """For FTS5's MATCH."""
        *whole, last = self.words
        return " ".join([*(f'"{word}"' for word in whole), f'"{last}"*'])
