"""Patrols whose base sends what the gateway gives it: radios read texts and confirm data."""

import random
from collections.abc import Sequence

from radio_gateway.domain.moment import Moment
from radio_gateway.simulator.fleet import DemoRadio
from radio_gateway.simulator.peers.homebrew_radios import ListeningRadios
from radio_gateway.simulator.stations.base import Heard
from radio_gateway.simulator.stations.dmr import AirPeer, DmrStation


class ListeningStation(DmrStation):
    """One base with radios that listen; the gateway confirms what they write to it."""

    confirmed_texts = True

    def __init__(
        self,
        peers: Sequence[AirPeer],
        radios: ListeningRadios,
        dispatcher_id: int,
        chance: random.Random,
        on_text: Heard,
    ) -> None:
        super().__init__(peers, dispatcher_id, chance)
        self._radios = radios
        self._on_text = on_text

    def switch_on(self, radio: DemoRadio, at: Moment) -> None:
        self._radios.present.add(radio.id.number)
        super().switch_on(radio, at)

    def switch_off(self, radio: DemoRadio, at: Moment) -> None:
        super().switch_off(radio, at)
        self._radios.present.discard(radio.id.number)

    def _heed(self) -> None:
        """Let officers see what their radios have heard."""
        radios = self._radios
        while radios.texts:
            heard = radios.texts.popleft()
            for number in sorted(radios.present) if heard.group else (heard.target,):
                self._on_text(number, heard.text)
        for radio, _ in radios.confirmed:
            self._confirmed(radio)
        radios.confirmed.clear()
