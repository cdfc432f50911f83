"""A running gateway hands its rings to whoever may read its data directory, and to nobody else."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from radio_gateway.cli import app
from radio_gateway.domain.events import StatusReceived
from radio_gateway.links.capture import Capture
from radio_gateway.recording import commands, service
from radio_gateway.recording.service import RecorderError
from tests.radio_gateway.conftest import RunGateway, Running, talk_link
from tests.radio_gateway.support import eventually


async def spoken(running: Running, *texts: str) -> None:
    """Send texts of the tests' own protocol to every link, and wait until they are events."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radio:
        for number, _ in enumerate(running.gateway.links):
            for text in texts:
                radio.sendto(text.encode(), running.address(number))
    wanted = len(texts) * len(running.gateway.links)
    await eventually(lambda: len(running.dispatch.events(StatusReceived)) == wanted)


async def test_what_was_heard_is_recorded(run_gateway: RunGateway, tmp_path: Path) -> None:
    file = tmp_path / "out.pcapng"
    async with run_gateway(talk_link("east"), talk_link("west", "palanga")) as running:
        await spoken(running, "STATUS 101 3", "STATUS 102 4")
        said: list[str] = []
        await asyncio.to_thread(commands.record, tmp_path / "data", (), file, said.append)
        ports = [running.address(number)[1] for number in (0, 1)]
    found = list(Capture(file))
    inbound = [each for each in found if not each.outbound]
    assert [each.payload for each in inbound if each.interface.name == "east/main"] == [
        b"STATUS 101 3",
        b"STATUS 102 4",
    ]
    assert {each.destination[1] for each in inbound} == set(ports)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert said == [
        f"{file}: {file.stat().st_size} octets; it holds real numbers, places and texts"
    ]


async def test_one_link_alone(run_gateway: RunGateway, tmp_path: Path) -> None:
    file = tmp_path / "out.pcapng"
    async with run_gateway(talk_link("east"), talk_link("west", "palanga")) as running:
        await spoken(running, "STATUS 101 3")
        arguments = (tmp_path / "data", ["west"], file, lambda _: None)
        await asyncio.to_thread(commands.record, *arguments)
        with pytest.raises(RecorderError, match="--link: found north, expected one of east, west"):
            await asyncio.to_thread(
                commands.record, tmp_path / "data", ["north"], tmp_path / "no", lambda _: None
            )
    assert {each.interface.name for each in Capture(file)} == {"west/main"}
    assert not (tmp_path / "no").exists()


async def test_only_the_owner_may_ask_and_the_socket_goes_with_the_gateway(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    where = tmp_path / "data" / service.SOCKET
    async with run_gateway() as running:
        await eventually(lambda: running.gateway.ready.is_set())
        assert stat.S_IMODE(where.stat().st_mode) == 0o600
    assert not where.exists()
    with pytest.raises(RecorderError, match="no gateway runs there"):
        list(service.fetch(tmp_path / "data", ()))


@pytest.mark.parametrize("asked", [b"", b"\n", b"[1]\n", b"{\n", b"\xff\n", b"x" * 100_000])
async def test_clients_that_ask_nonsense_do_no_harm(
    run_gateway: RunGateway, tmp_path: Path, asked: bytes
) -> None:
    async with run_gateway() as running:
        await eventually(lambda: running.gateway.ready.is_set())
        reader, writer = await asyncio.open_unix_connection(tmp_path / "data" / service.SOCKET)
        writer.write(asked)
        writer.write_eof()
        await reader.read()
        writer.close()
        await spoken(running, "STATUS 101 3")


async def test_a_socket_left_by_a_killed_gateway_is_replaced(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "data" / service.SOCKET))
    async with run_gateway() as running:
        await spoken(running, "STATUS 101 3")
        pieces = await asyncio.to_thread(lambda: list(service.fetch(tmp_path / "data", ())))
    assert b"STATUS 101 3" in b"".join(pieces)


async def test_the_commands_answer_in_one_line(run_gateway: RunGateway, tmp_path: Path) -> None:
    def call(*arguments: str | Path) -> tuple[int, str]:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return result.exit_code, result.stderr

    data, file = tmp_path / "data", tmp_path / "b.pcapng"
    async with run_gateway() as running:
        await spoken(running, "STATUS 101 3")
        done = await asyncio.to_thread(call, "support-bundle", file, "--data-dir", data)
        assert done[0] == 0, done
        assert "made anonymous" in done[1]
        assert "frames of kind talk" in done[1]
        again = await asyncio.to_thread(call, "record", file, "--data-dir", data)
        assert again == (1, f"{file}: is there already; name another file\n")
    assert b"STATUS" not in file.read_bytes()
    assert call("record", tmp_path / "x")[1].startswith("name the running gateway by --config")
    assert "no gateway runs there" in call("record", tmp_path / "x", "--data-dir", data)[1]
    missing = tmp_path / "none.pcapng"
    assert call("support-bundle", tmp_path / "x", "--from", missing)[0] == 1
    assert not (tmp_path / "x").exists()
