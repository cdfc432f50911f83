"""Write what documentation says twice: the settings reference and README's support table.

python tools/reference.py            rewrite docs/configuration.md and README.md
python tools/reference.py --check    exit 1 when they are not up to date
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from dispatch.config import (
    AlarmSettings,
    DispatchSettings,
    MapSettings,
    RetentionSettings,
    StatusEntry,
    Template,
)
from radio_gateway.adapters import kind_names, load_kind
from radio_gateway.adapters.kinds.base import AdapterKind
from radio_gateway.config import GatewaySection
from radio_gateway.config_mqtt import MqttSettings, TlsSettings
from radio_gateway.domain.ports import Ability

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- support table: begin -->", "<!-- support table: end -->"

INTRODUCTION = """\
# Configuration

`dispatch run` and `dispatch serve --config sardze.toml` read one TOML file; `radio-gateway run`
reads the `[gateway]`, `[mqtt]` and `[[link]]` tables of a file of its own. Times are seconds
unless a name says otherwise, paths are relative to the file. Every key of `[dispatch]` can be
overridden by an environment variable: `SARDZE_PORT=9000`. A wrong key, kind or value is one line
with the file, the key, what was found and what is allowed; `radio-gateway check-config FILE` and
`dispatch doctor --config FILE` read
without starting. Commented examples: [MMDVM repeater](examples/homebrew.toml),
[Hytera](examples/hytera.toml), [Hytera network](examples/hytera-ipsc.toml),
[Kenwood](examples/kenwood.toml), [MOTOTRBO](examples/mototrbo.toml),
[MOTOTRBO network](examples/mototrbo-ipsc.toml), [MMDVM modem](examples/mmdvm-modem.toml),
[Tait](examples/tait.toml), [NMEA 0183](examples/nmea.toml).
"""

WORDS = {
    Ability.REGISTRATION: "Registration (on / off)",
    Ability.POSITION: "Positions",
    Ability.POSITION_REQUEST: "Position on request",
    Ability.POSITION_INTERVAL: "Position interval",
    Ability.CALLS: "Calls (who talks, how long, how well)",
    Ability.TALKER_ALIAS: "Talker alias",
    Ability.TEXT_FROM_RADIO: "Text from radios",
    Ability.TEXT_TO_RADIO: "Text to a radio",
    Ability.TEXT_TO_TALKGROUP: "Text to a talkgroup",
    Ability.DELIVERY_ACKNOWLEDGEMENT: "Delivery acknowledged by the radio",
    Ability.STATUS: "Status numbers",
    Ability.EMERGENCY: "Emergency",
    Ability.EMERGENCY_ACKNOWLEDGEMENT: "Emergency acknowledged to the radio",
    Ability.RADIO_CHECK: "Radio check",
    Ability.CALL_ALERT: "Call alert",
    Ability.CALL_ALERT_FROM_RADIO: "Call alert from radios",
    Ability.DISABLE: "Disable a radio",
}


def configuration() -> str:
    """The whole of docs/configuration.md."""
    parts = [INTRODUCTION]
    parts += _section("[dispatch]", DispatchSettings)
    parts += _section("[dispatch.map]", MapSettings)
    parts += _section("[dispatch.alarm]", AlarmSettings)
    parts += _section("[dispatch.retention]", RetentionSettings)
    parts += _section("[status_map.NUMBER]", StatusEntry)
    parts += _section("[templates.NAME]", Template)
    parts += _section("[gateway]", GatewaySection)
    parts += _section("[mqtt]", MqttSettings)
    parts += _section("[mqtt.tls]", TlsSettings)
    for name in kind_names():
        kind = load_kind(name)
        parts += _section(f'[[link]] with kind = "{name}"', kind.settings, kind.capabilities.title)
        parts += _repeaters(kind.settings)
    return "\n".join(parts) + "\n"


def support_table() -> str:
    """One column per kind of base station, one row per thing a dispatcher may want."""
    kinds: list[AdapterKind[Any]] = [load_kind(name) for name in kind_names()]
    rows = [
        ["", *(kind.capabilities.title for kind in kinds)],
        ["---", *(":-:" for _ in kinds)],
        ["Connection", *(kind.capabilities.transport for kind in kinds)],
        *(
            [word, *("yes" if kind.capabilities.can(ability) else "–" for kind in kinds)]
            for ability, word in WORDS.items()
        ),
        ["Longest text, characters", *(str(k.capabilities.text_limit or "–") for k in kinds)],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def readme(text: str) -> str:
    """README with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{support_table()}\n{END}{after}"


def _section(title: str, model: type[BaseModel], about: str = "") -> Iterator[str]:
    yield f"\n## `{title}`\n"
    if about:
        yield f"{about}.\n"
    yield "| key | default | meaning |\n|---|---|---|"
    for name, field in model.model_fields.items():
        yield f"| `{field.alias or name}` | {_default(field)} | {_meaning(field)} |"


def _repeaters(settings: type[BaseModel]) -> Iterator[str]:
    """The table of one repeater, for kinds of links that have several."""
    field = settings.model_fields.get("repeater")
    for model in get_args(field.annotation) if field is not None else ():
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from _section("[[link.repeater]]", model)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str | Path):
        return f'`"{value}"`'
    if isinstance(value, tuple | frozenset):
        items = ", ".join(f'"{item}"' for item in sorted(value))
        return f"`[{items}]`"
    if isinstance(value, dict):
        return "built in" if value else ""
    return f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    low = next((rule.ge for rule in field.metadata if isinstance(rule, Ge)), None)
    high = next((rule.le for rule in field.metadata if isinstance(rule, Le)), None)
    text = (field.description or "A table of its own, see there.").replace("|", "\\|")
    choices = [repr(choice) for choice in get_args(field.annotation) if isinstance(choice, int)]
    span = f" {low}..{high}." if low is not None and high is not None else ""
    return text + span + (f" One of {', '.join(choices)}." if choices else "")


def main() -> int:
    """Rewrite or check; tells the exit status."""
    front = ROOT / "README.md"
    wanted = {
        ROOT / "docs" / "configuration.md": configuration(),
        front: readme(front.read_text(encoding="utf-8")),
    }
    stale = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not up to date: python tools/reference.py")  # noqa: T201
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
