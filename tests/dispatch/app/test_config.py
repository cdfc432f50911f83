import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from dispatch.config import DispatchSettings, load_settings
from dispatch.units.models import UnitStatus
from radio_gateway.config_faults import ConfigError

FULL = """
[dispatch]
host = "0.0.0.0"
port = 9000
data_dir = "data"
session_idle_min = 60
session_max_h = 8
allowed_origins = ["https://dispatch.example"]

[dispatch.map]
pmtiles = "maps/region.pmtiles"
attribution = "© OpenStreetMap"

[status_map.7]
label = "Laisvi"
unit = "free"

[status_map.8]
label = "Pietūs"

[templates.stop]
lv = "Stāt!"
lt = "Stok!"
en = "Stop!"

[gateway]
id = "liepaja"

[[link]]
kind = "nmea"
name = "laiva"
network = "boats"
radio = 5
device = "/dev/null"
"""

FAULTS = [
    # what stands in the file, the line without its file name
    ('[dispatch]\nport = "x"', 'dispatch.port: found "x", expected a whole number from 0 to 65535'),
    ("[dispatch]\nport = 65536", "dispatch.port: found 65536, expected a whole number from 0 to"),
    ("[dispatch]\nport = 8480.0", "dispatch.port: found 8480.0, expected a whole number"),
    ("[dispatch]\nhost = 1", "dispatch.host: found 1, expected a text in quotes"),
    ("[dispatch]\nprot = 1", "dispatch.prot: unknown key, expected one of host, port"),
    ("[dispach]\nport = 1", "dispach: unknown key, expected one of dispatch"),
    ("dispatch = 3", "dispatch: found 3, expected a table"),
    ("[dispatch]\nsession_idle_min = 0", "dispatch.session_idle_min: found 0, expected a whole"),
    ("[dispatch]\nallowed_origins = ['x/']", 'dispatch.allowed_origins[1]: found "x/"'),
    ("[dispatch]\nallowed_origins = 'x'", 'dispatch.allowed_origins: found "x", expected a list'),
    ("[dispatch.map]\ntile_url = 'https://x'", 'dispatch.map.tile_url: found "https://x"'),
    (
        "[dispatch.map]\ntile_url = 'https://x/{z}.png'",
        'dispatch.map.tile_url: found "https://x/{z}.png", expected an address with {z}, {x}',
    ),
    ("[status_map.x]\nlabel = 'a'", 'status_map.x: found "x", expected a whole number'),
    ("[status_map.1]\nunit = 'free'", "status_map.1.label: missing"),
    ("[status_map.1]\nlabel = 'a'\nunit = 'fre'", 'status_map.1.unit: found "fre"'),
    ("[templates.Stop]\nlv='a'\nlt='a'\nen='a'", 'templates.Stop: found "Stop"'),
    ("[templates.stop]\nlv = 'a'\nlt = 'a'", "templates.stop.en: missing"),
    ("[[link]]\nkind = 'mmdvm'", 'link[1].kind: found "mmdvm", expected one of'),
    ("[gateway]\nid = 'x'", "link: found none, expected at least one [[link]] table"),
    ("port = ", "not TOML: "),
]


@pytest.mark.parametrize(("text", "line"), FAULTS)
def test_a_fault_is_one_line_with_file_key_and_what_is_allowed(
    tmp_path: Path, text: str, line: str
) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})
    assert len(caught.value.lines) == 1
    assert caught.value.lines[0].startswith(f"{path}: {line}")


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text("[dispatch]\nport = -1\nhost = 2\n[[link]]\nkind = 'x'\n[more]\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})
    assert len(caught.value.lines) == 4


def test_a_name_nearly_right_is_suggested(tmp_path: Path) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text("[dispatch]\nsesion_max_h = 3")
    with pytest.raises(ConfigError, match="did you mean session_max_h"):
        load_settings(path, {})


def test_a_full_file(tmp_path: Path) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text(FULL)
    settings = load_settings(path, {})
    assert settings.dispatch.port == 9000
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/sardze.db"
    assert settings.pmtiles == tmp_path / "maps/region.pmtiles"
    assert settings.statuses()[7].unit_status is UnitStatus.FREE
    assert settings.statuses()[8].unit_status is None
    assert list(settings.statuses()) == [7, 8]
    assert settings.gateway is not None
    assert [link.name for link in settings.gateway.links] == ["laiva"]
    assert settings.console() == {
        "map": {
            "pmtiles": True,
            "tile_url": None,
            "attribution": "© OpenStreetMap",
        },
        "templates": [{"key": "stop", "lv": "Stāt!", "lt": "Stok!", "en": "Stop!"}],
    }


def test_an_empty_file_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text("")
    settings = load_settings(path, {})
    assert (settings.dispatch.host, settings.dispatch.port) == ("127.0.0.1", 8480)
    assert settings.gateway is None


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text(FULL)
    environment = {
        "SARDZE_PORT": "9100",
        "SARDZE_ALLOWED_ORIGINS": "https://a.example, https://b.example",
        "SARDZE_DATABASE_URL": "postgresql+asyncpg://sardze@localhost/sardze",
        "HOME": "/root",
    }
    settings = load_settings(path, environment)
    assert settings.dispatch.port == 9100
    assert settings.dispatch.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.database_url == "postgresql+asyncpg://sardze@localhost/sardze"


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("SARDZE_PORT", "many", 'environment: SARDZE_PORT: found "many", expected a whole number'),
        ("SARDZE_PROT", "1", "environment: SARDZE_PROT: unknown variable, expected one of"),
        ("SARDZE_MAP", "x", "environment: SARDZE_MAP: unknown variable"),
    ],
)
def test_a_fault_of_the_environment_names_the_variable(
    tmp_path: Path, variable: str, value: str, line: str
) -> None:
    path = tmp_path / "sardze.toml"
    path.write_text("")
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {variable: value})
    assert caught.value.lines[0].startswith(line)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_settings(tmp_path / "none.toml", {})
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_every_setting_says_what_it_is() -> None:
    for name, field in DispatchSettings.model_fields.items():
        section = isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        assert field.description or section, name


@pytest.mark.parametrize(
    "name",
    [
        "homebrew",
        "hytera",
        "hytera-ipsc",
        "kenwood",
        "mmdvm-modem",
        "mototrbo-ipsc",
        "nmea",
        "tait",
    ],
)
def test_the_examples_are_right(name: str, tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs/examples" / f"{name}.toml").read_text()
    secrets = {"passphrase": "a long enough passphrase\n", "auth_key": "1A2B3C\n"}
    for kind, secret in re.findall(r'(passphrase|auth_key)_file = "([^"]+)"', text):
        (tmp_path / secret).parent.mkdir(exist_ok=True)
        (tmp_path / secret).write_text(secrets[kind])
    path = tmp_path / "sardze.toml"
    path.write_text(text)
    settings = load_settings(path, {})
    assert settings.gateway is not None
    assert [link.settings.kind for link in settings.gateway.links] == [name]
