"""Every setting says what it is and in which unit; every kind of link is registered once."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from radio_gateway.adapters import REGISTRY, kind_names, load_kind
from radio_gateway.config import GatewaySection
from radio_gateway.config_mqtt import MqttSettings


def _models() -> Iterator[type[BaseModel]]:
    waiting: list[type[BaseModel]] = [GatewaySection, MqttSettings]
    waiting += [load_kind(name).settings for name in REGISTRY]
    while waiting:
        model = waiting.pop()
        yield model
        for field in model.model_fields.values():
            parts = getattr(field.annotation, "__args__", ())
            waiting += [p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)]


def _settings() -> list[tuple[str, FieldInfo]]:
    return [
        (f"{model.__name__}.{name}", field)
        for model in _models()
        for name, field in model.model_fields.items()
    ]


@pytest.mark.parametrize(("name", "field"), _settings(), ids=[name for name, _ in _settings()])
def test_every_setting_says_what_it_is(name: str, field: FieldInfo) -> None:
    assert field.description, name
    assert len(field.description) > 10
    unit = {"_s": "econds", "_mb": "egabytes"}.get(name[name.rfind("_") :])
    assert unit is None or unit in field.description


def test_every_kind_is_named_once() -> None:
    assert list(kind_names())[: len(REGISTRY)] == list(REGISTRY)
    with pytest.raises(KeyError):
        load_kind("carrier pigeon")
