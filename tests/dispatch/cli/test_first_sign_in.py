"""The first way in, which a server prints when nobody has one yet."""

import asyncio
from pathlib import Path

import pytest

from dispatch.cli.installation import welcome
from dispatch.config import settings_of


async def test_servers_that_start_together_make_one_way_in(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(
        {"dispatch": {"database_url": database_url}}, tmp_path / "sardze.toml", {}
    )
    await asyncio.gather(*(welcome(settings)("http://127.0.0.1:8480") for _ in range(5)))
    assert capsys.readouterr().out.count("/sign-in#token=") == 1
