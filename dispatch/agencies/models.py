"""Table of agencies."""

from sqlmodel import Field, SQLModel

import dispatch.db  # noqa: F401  names of constraints


class Agency(SQLModel, table=True):
    """A police force; its people see its own units only."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=32)
    "Short and stable: `liepaja`."
    name: str = Field(max_length=120)
    country: str = Field(max_length=2)
    "ISO 3166-1: `LV`, `LT`."
    colour: str | None = Field(default=None, max_length=16)
    "CSS colour of its units on the map."
