"""The command as its users meet it: output, one clear line per fault, exit status, signals."""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from radio_gateway.cli import app
from tests.radio_gateway.captures import RAW, pcap, udp

ROOT = Path(__file__).parents[2]
CONFIG = """
[gateway]
id = "coast"
data_dir = "data"
[[link]]
kind = "homebrew"
name = "voice"
network = "liepaja"
port = 0
[[link.repeater]]
id = 247001
name = "Karosta"
passphrase = "a long enough secret"
"""
BURST = "07700980:07fc2188:52206520:545dff57:d75df5d8:547804d0:3ed03e00:2a016503:f3"


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """The command sets the process's logging up; a test process goes on afterwards."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    logging.disable(logging.NOTSET)
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    return path


def call(*arguments: str | Path, stdin: str = "") -> tuple[int, list[str], list[str]]:
    """Exit status, lines of output and of errors."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()


@asynccontextmanager
async def running(config: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "radio_gateway.cli",
        "run",
        *options,
        "--config",
        str(config),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def events_until(process: asyncio.subprocess.Process, words: str) -> None:
    """Read events until one contains the words."""
    assert process.stdout is not None
    async with asyncio.timeout(20):
        while True:
            line = await process.stdout.readline()
            assert line, "the gateway ended"
            if words in json.dumps(json.loads(line), ensure_ascii=False):
                return


def test_help_names_every_command() -> None:
    status, out, _ = call("--help")
    assert status == 0
    for command in ("run", "check-config", "decode", "replay", "simulate"):
        assert any(line.split()[:1] == [command] for line in out)


def test_version_is_told() -> None:
    status, out, _ = call("--version")
    assert status == 0
    assert out[0].startswith("radio-gateway ")


def test_a_good_configuration_is_summed_up(config: Path) -> None:
    assert call("check-config", config) == (
        0,
        [f"{config}: gateway coast: 1 links: voice"],
        [],
    )


def test_each_fault_of_a_configuration_is_one_line(config: Path) -> None:
    config.write_text(CONFIG.replace("port = 0", 'port = "x"').replace('id = "coast"', "id = 1"))
    for command in (("check-config", config), ("run", "--config", config)):
        status, out, errors = call(*command)
        assert (status, out, len(errors)) == (1, [], 2)
        assert all(line.startswith(f"{config}: ") for line in errors)


def test_advice_does_not_stop_anything(config: Path) -> None:
    config.write_text(CONFIG.replace("a long enough secret", "short"))
    status, _, errors = call("check-config", config)
    assert status == 0
    assert len(errors) == 1
    assert errors[0].startswith("warning: ")


def test_decode_prints_one_object_per_frame() -> None:
    status, out, errors = call("decode", BURST)
    assert (status, errors) == (0, [])
    (line,) = out
    found = json.loads(line)
    assert list(found) == ["protocol", "frame", "events"]
    assert found["protocol"] == "dmr-burst"
    assert found["frame"]["content"]["target"] == 111


def test_decode_joins_what_the_shell_has_cut() -> None:
    words = [BURST[at : at + 2] for at in range(0, len(BURST), 2)]
    assert call("decode", *words) == call("decode", BURST)
    status, out, _ = call("decode", "-p", "hrnp", "7e", "03:00:fd", "10200000000c70d3")
    assert (status, json.loads(out[0])["frame"]["checksum_ok"]) == (0, True)


def test_decode_takes_a_sentence_as_it_was_logged() -> None:
    """The example of NMEA 0183 manuals."""
    sentence = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"
    status, out, _ = call("decode", "-", stdin=f"{sentence}\r\n{sentence.encode().hex()}\n")
    frames = [json.loads(line)["frame"] for line in out]
    assert (status, len(frames)) == (0, 2)
    assert frames[0] == frames[1]
    assert (frames[0]["lat"], frames[0]["speed_knots"]) == (pytest.approx(48.1173), 22.4)


def test_decode_reads_lines_and_goes_on_after_a_bad_one() -> None:
    status, out, errors = call("decode", "-", stdin=f"{BURST}\n\nzz\n00\n{BURST.upper()}\n")
    assert status == 1
    assert [json.loads(line)["protocol"] for line in out] == ["dmr-burst", "dmr-burst"]
    assert errors == [
        "neither hex nor a sentence that begins with $: zz",
        (
            "no frame of homebrew, ipv4, hytera, mototrbo, kenwood, nmea, tait, mmdvm, dmr-burst, "
            "mototrbo-ipsc: 00"
        ),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["decode", "xyz"], "neither hex nor a sentence that begins with $: xyz"),
        (["decode", ""], "no octets"),
        (["decode", "-p", "hytra", "00"], "did you mean hytera?"),
        (["decode", "-p", "nmea", "00"], "not nmea: "),
        (["run", "-c", "/nonexistent.toml"], "there is no such file"),
        (["check-config", "/"], "cannot be read: Is a directory"),
        (["replay", "/nonexistent.pcap"], "No such file or directory"),
        (["replay", "/dev/null"], "neither pcap nor pcapng"),
        (["replay", "x", "--port", "y"], "--port: found y"),
        (["replay", "x", "-p", "kenwood"], "--protocol: found kenwood, expected one of homebrew, "),
        (["replay", "/dev/null", "--to", "nowhere"], "--to: found nowhere"),
        (["simulate", "-c", "/nonexistent.toml"], "/nonexistent.toml"),
    ],
)
def test_every_fault_is_one_line_and_status_1(arguments: list[str], words: str) -> None:
    status, out, errors = call(*arguments)
    assert (status, out) == (1, [])
    (line,) = errors
    assert words in line


def test_replay_prints_events_and_a_summary(tmp_path: Path) -> None:
    file = tmp_path / "capture.pcap"
    packet = udp(("192.0.2.7", 1), ("192.0.2.1", 62031), b"RPTPING\x00\x03\xc0\xf1")
    file.write_bytes(pcap([(1.0, packet)], RAW))
    status, out, errors = call("replay", file)
    assert (status, out) == (0, [])
    assert errors[0] == "1 packets, 1 datagrams fed to adapters"


@pytest.mark.parametrize(
    "protocol", ["homebrew", "hytera", "hytera-ipsc", "mmdvm", "mototrbo", "mototrbo-ipsc"]
)
def test_replay_takes_every_protocol_that_its_help_names(tmp_path: Path, protocol: str) -> None:
    file = tmp_path / "capture.pcap"
    file.write_bytes(pcap([(1.0, udp(("192.0.2.7", 1), ("192.0.2.1", 4321), b"?"))], RAW))
    status, out, errors = call("replay", file, "--protocol", protocol, "--port", "4321")
    assert (status, out) == (0, [])
    assert errors[0] == "1 packets, 1 datagrams fed to adapters"


async def test_run_prints_events_and_stops_on_sigterm(config: Path) -> None:
    async with running(config, "--print") as process:
        await events_until(process, "listening on UDP 127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            out, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        last = [json.loads(line) for line in out.splitlines()][-1]
        assert (last["kind"], last["body"]["state"]) == ("link_changed", "down")
        assert b"Traceback" not in errors


async def test_two_gateways_do_not_share_a_spool(config: Path) -> None:
    async with running(config, "--print") as first:
        await events_until(first, "listening")
        async with running(config, "--print") as second:
            async with asyncio.timeout(20):
                _, errors = await second.communicate()
            assert second.returncode == 1
            lines = errors.decode().splitlines()
            assert lines[-1].endswith("spool.db: another gateway is using it")
            assert "Traceback" not in errors.decode()


async def test_a_reader_that_leaves_ends_the_gateway_quietly(config: Path) -> None:
    async with running(config, "--print") as process:
        await events_until(process, "listening")
        assert process.stdout is not None
        process.stdout._transport.close()  # type: ignore[attr-defined]
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            await process.wait()
        assert process.stderr is not None
        assert b"Traceback" not in await process.stderr.read()


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import radio_gateway.cli", ("pydantic", "serial", "uvloop", "sqlite3", "pynmea2")),
        (
            "import radio_gateway.supervisor",
            ("fastapi", "sqlalchemy", "sqlmodel", "uvicorn", "alembic", "dispatch", "aiomqtt"),
        ),
    ],
)
def test_no_more_is_imported_than_needed(statement: str, absent: tuple[str, ...]) -> None:
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "radio_gateway" in loaded
    assert loaded.isdisjoint(absent)
