"""`radio-gateway`: run, check-config, decode, replay, record, support-bundle, simulate.

What a command needs is imported within it, so that `--help` answers at once.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from radio_gateway.cli_faults import fail, faults, say
from radio_gateway.logs import LogFormat, set_up_logs

if TYPE_CHECKING:
    from radio_gateway.config import GatewaySettings
    from radio_gateway.decoding import Decoder

app = typer.Typer(
    name="radio-gateway",
    help="The radio side of Sardze: base stations in, events out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Option("--config", "-c", help="Configuration file (TOML).")]


NewFile = Annotated[Path, typer.Argument(help="File to write (pcapng); must not exist yet.")]
OwnConfig = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration of the running gateway.")
]
DataDir = Annotated[
    Path | None, typer.Option(help="Its data_dir; instead of --config, and for `dispatch run`.")
]
Links = Annotated[list[str] | None, typer.Option(help="Only this link; several allowed.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("sardze")
        except PackageNotFoundError:
            number = "of a checkout that is not installed"
        typer.echo(f"radio-gateway {number}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  # answered by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Log everything; show where an error comes from.")
    ] = False,
    log: Annotated[
        LogFormat, typer.Option("--log", help="Lines for people, or JSON.")
    ] = LogFormat.TEXT,
) -> None:
    context.obj = debug
    set_up_logs(debug=debug, form=log)


@app.command()
def run(
    context: typer.Context,
    config: Config,
    print_: Annotated[
        bool,
        typer.Option(
            "--print", help="Print events as JSON lines instead; what is printed is received."
        ),
    ] = False,
) -> None:
    """Run the links of a configuration and carry events to dispatch over its [mqtt] broker.

    Works without the broker too: what is heard waits on disk. Ends on SIGTERM or Ctrl-C, after
    calls have ended and what was heard is handed over.
    """
    with faults(context):
        settings = _load(config)
        if settings.mqtt is None and not print_:
            fail(
                f"{config}: mqtt: missing, expected a table [mqtt] with the host of the broker "
                "that leads to dispatch; --print shows events without one"
            )
        from radio_gateway import running

        if print_ or settings.mqtt is None:
            _run_until_signal(running.print_events(settings))
        else:
            _run_until_signal(running.serve(settings, settings.mqtt))


@app.command("check-config")
def check_config(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Configuration file (TOML).")],
) -> None:
    """Read a configuration and say what is wrong, one line per fault; exit status 1 then."""
    with faults(context):
        settings = _load(file)
        if settings.mqtt is not None:
            settings.mqtt.broker(settings.source)  # reads certificates and keys
        names = ", ".join(link.name for link in settings.links)
        typer.echo(f"{file}: gateway {settings.id}: {len(settings.links)} links: {names}")


@app.command()
def decode(
    context: typer.Context,
    octets: Annotated[
        list[str],
        typer.Argument(
            metavar="HEX",
            help="One frame in hex, or several of a serial line; blanks and colons are allowed. "
            "A sentence that begins with $ may stand as it is, in single quotes. - reads lines.",
        ),
    ],
    protocol: Annotated[
        str | None,
        typer.Option(
            "--protocol",
            "-p",
            help="homebrew, hytera (or only hdap, hstrp, hrnp, rtp, ipsc), mototrbo, "
            "mototrbo-ipsc, kenwood, nmea, tait, mmdvm or dmr-burst; default: found out.",
        ),
    ] = None,
) -> None:
    """Print one JSON object per frame: protocol, all fields, the events that it brings.

    Exit status 1, and a line that says why, for octets that cannot be read.
    """
    logging.disable(logging.WARNING)  # what a frame lacks is said in the output
    from radio_gateway.decoding import PROTOCOLS, Decoder

    with faults(context):
        decoder, name, failed = Decoder(), _known(protocol, PROTOCOLS), False
        lines = octets == ["-"]
        for text in sys.stdin if lines else (" ".join(octets),):
            if text.strip() or not lines:
                failed |= not _decode_line(decoder, text, name)
        if failed:
            raise typer.Exit(1)


@app.command()
def replay(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Capture: pcap or pcapng.")],
    protocol: Annotated[
        str | None,
        typer.Option(
            "--protocol",
            "-p",
            help="homebrew, hytera, hytera-ipsc, mmdvm, mototrbo or mototrbo-ipsc; default: by the "
            "usual ports, at others found out. Recordings of `record` say it themselves.",
        ),
    ] = None,
    port: Annotated[
        list[str] | None,
        typer.Option(
            help="CAPTURED or CAPTURED=REAL: UDP port of the gateway in the capture, and the one "
            "to send to; several allowed."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(help="IP address of a running gateway that shall get the datagrams."),
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="Times faster than captured; 0: without any pause.")
    ] = 1.0,
) -> None:
    """Feed captured datagrams to the adapters and print the events, or send them to a gateway."""
    from radio_gateway import replaying

    logging.disable(logging.WARNING)
    with faults(context):
        ports = replaying.parse_ports(port or [])
        if to is not None:
            _run_until_signal(replaying.send(file, ports, to, speed, say))
            return
        for line in replaying.events(file, _known(protocol, replaying.UDP_PROTOCOLS), ports, say):
            typer.echo(line)


@app.command()
def record(
    context: typer.Context,
    file: NewFile,
    config: OwnConfig = None,
    data_dir: DataDir = None,
    link: Links = None,
) -> None:
    """Write the newest frames of a running gateway to a pcapng file, as they were.

    They hold real numbers, places and texts: to pass them on, make a support bundle instead.
    """
    from radio_gateway.recording import commands

    with faults(context):
        commands.record(_data_dir(config, data_dir), link or (), file, say)


@app.command("support-bundle")
def support_bundle(
    context: typer.Context,
    file: NewFile,
    config: OwnConfig = None,
    data_dir: DataDir = None,
    link: Links = None,
    recording: Annotated[
        Path | None, typer.Option("--from", help="A file of `record` instead of a gateway.")
    ] = None,
) -> None:
    """Write the newest frames of a running gateway without real numbers, places and texts.

    `replay` gives the same events for it, about other radios. What cannot be made anonymous is
    left out and counted.
    """
    from radio_gateway.recording import commands

    with faults(context):
        if recording is not None:
            commands.support_bundle(recording, file, say)
        else:
            commands.support_bundle_now(_data_dir(config, data_dir), link or (), file, say)


@app.command()
def simulate(context: typer.Context, config: Config) -> None:
    """Play a radio network against a running gateway, as its network.toml says."""
    from radio_gateway.simulator.config import SimulatorConfigError
    from radio_gateway.simulator.run import load_config
    from radio_gateway.simulator.run import run as run_simulator

    with faults(context):
        try:
            network = load_config(config)
        except SimulatorConfigError as error:
            fail(str(error))
        _run_until_signal(run_simulator(network))


def main() -> None:
    """Entry point of the command."""
    app()


def _load(path: Path) -> "GatewaySettings":
    from radio_gateway.config import load_file

    settings = load_file(path)
    for line in settings.advice():
        say(f"warning: {line}")
    return settings


def _data_dir(config: Path | None, data_dir: Path | None) -> Path:
    if (config is None) == (data_dir is None):
        fail("name the running gateway by --config or by --data-dir")
    return data_dir if data_dir is not None else _load(config).spool_path.parent  # type: ignore[arg-type]  # one of both


def _known(protocol: str | None, allowed: Iterable[str]) -> str | None:
    from radio_gateway.config_faults import one_of

    names = list(allowed)
    if protocol is not None and protocol not in names:
        fail(f"--protocol: found {protocol}, expected {one_of(protocol, names)}")
    return protocol


def _decode_line(decoder: "Decoder", text: str, protocol: str | None) -> bool:
    from radio_gateway.decoding import UnreadableError
    from radio_gateway.links import clock

    try:
        data = _octets(text.strip())
    except ValueError:
        say(f"neither hex nor a sentence that begins with $: {text.strip()[:64]}")
        return False
    try:
        for found in decoder.decode(data, clock.now(), protocol):
            line = {"protocol": found.protocol, "frame": found.frame, "events": found.events}
            typer.echo(json.dumps(line, ensure_ascii=False))
    except UnreadableError as error:
        say(str(error))
        return False
    return True


def _octets(text: str) -> bytes:
    if text.startswith("$"):
        return text.encode("ascii") + b"\r\n"
    return bytes.fromhex("".join(text.split()).replace(":", ""))


def _run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Run on the fastest event loop at hand; the work itself minds the signals."""
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(work)


def _fast_loop() -> Any:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    main()
