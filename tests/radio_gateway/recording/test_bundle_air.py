"""All that DMR can say, by every kind of base station: a bundle says the same of others."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.recording import bundle
from radio_gateway.recording.ring import Record
from tests.radio_gateway.recording import recordings
from tests.radio_gateway.recording.airtime import (
    ANNA,
    BORIS,
    NAMES,
    PATROLS,
    PLACES,
    WORDS,
    channel_day,
)
from tests.radio_gateway.recording.carriers import CARRIERS, NUMBER, PASSPHRASE
from tests.radio_gateway.recording.likeness import events, in_order_of_appearance

SECRETS = (
    *WORDS,
    *NAMES,
    *map(str, (ANNA, BORIS, PATROLS, NUMBER)),
    *(f"{place.lat:.3f}" for place in PLACES),
    "nobody reads",
)


def told(tmp_path: Path, records: list[Record]) -> tuple[list[Any], list[Any], bundle.Bundle]:
    """Events of the recording, events of its bundle, and the bundle."""
    raw = recordings.write(tmp_path / "raw.pcapng", records)
    made = bundle.make(raw)
    file = tmp_path / "bundle.pcapng"
    file.write_bytes(b"".join(made.octets))
    return events(raw), events(file), made


@pytest.mark.parametrize("kind", CARRIERS)
def test_everything_is_told_of_others(kind: str, tmp_path: Path) -> None:
    before, after, made = told(tmp_path, CARRIERS[kind](channel_day()))
    kinds = Counter(event["kind"] for event in before)
    assert kinds["call_started"] == kinds["call_ended"] == 6
    assert kinds["talker_alias_heard"] == 4
    assert kinds["emergency_raised"] == 2
    assert kinds["status_received"] == 1
    assert kinds["text_received"] >= 12
    assert kinds["position_reported"] >= 12
    assert kinds["radio_registered"] >= 2
    assert kinds["telemetry_received"] >= 3
    assert in_order_of_appearance(after) == in_order_of_appearance(before)
    assert not made.left_out
    words = json.dumps(before, ensure_ascii=False)
    assert all(name in words for name in NAMES)
    words = json.dumps(after, ensure_ascii=False)
    assert [secret for secret in SECRETS if secret in words] == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [kind for kind in CARRIERS if kind != "mmdvm-modem"])
def test_a_bad_network_changes_nothing(kind: str, seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    came: list[Record] = []
    for record in CARRIERS[kind](channel_day(seed)):
        if dice.random() < 0.05:
            continue
        for _ in range(2 if dice.random() < 0.03 else 1):
            late = dice.uniform(0.06, 0.15) if dice.random() < 0.25 else 0.0
            came.append(replace(record, at=record.at + late))
    before, after, _ = told(tmp_path, came)
    assert in_order_of_appearance(after) == in_order_of_appearance(before)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [kind for kind in CARRIERS if kind != "mototrbo-ipsc"])
def test_wrong_bits_of_the_air_change_nothing(kind: str, seed: int, tmp_path: Path) -> None:
    """Speech counts as many as before; what a code repairs is right, what it cannot is not."""
    dice = random.Random(seed)
    day = []
    for each in channel_day(seed):
        bits = int.from_bytes(each.octets, "big")
        for _ in range(int(dice.expovariate(0.3))):
            bits ^= 1 << dice.randrange(264)
        day.append(replace(each, octets=bits.to_bytes(33, "big")))
    before, after, _ = told(tmp_path, CARRIERS[kind](day))
    assert in_order_of_appearance(after) == in_order_of_appearance(before)


def test_a_bundle_proves_no_passphrase(tmp_path: Path) -> None:
    raw = CARRIERS["openbridge"](channel_day())
    signatures = {record.data[-20:] for record in raw}
    _, _, made = told(tmp_path, raw)
    octets = b"".join(made.octets)
    assert len(signatures) == len(raw)
    assert not any(signature in octets for signature in signatures)
    assert PASSPHRASE not in octets
    _, _, made = told(tmp_path, CARRIERS["mototrbo-ipsc"](channel_day()))
    assert b"hash of it" not in b"".join(made.octets)
