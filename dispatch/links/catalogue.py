"""What the links of all gateways are and can do: from reports, and kept over restarts."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from radio_gateway.domain.ports import Ability
from radio_gateway.domain.report import GatewayReport

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkTraits:
    """One link as configured, with the capabilities of its adapter."""

    kind: str
    "`homebrew`, `hytera`, `kenwood`, `nmea`."
    title: str
    network: str
    abilities: frozenset[Ability]
    text_limit: int | None = None
    "Longest text in characters; None where texts cannot be sent."


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be asked of a radio or talkgroup."""

    abilities: frozenset[Ability]
    text_limit: int | None

    def can(self, ability: Ability) -> bool:
        return ability in self.abilities


class LinkCatalogue(Mapping[str, LinkTraits]):
    """Traits by the name of the link, which is one gateway's alone; gateways come and change.

    A gateway that is away keeps its links: orders for its radios wait.
    """

    def __init__(self, links: Mapping[str, LinkTraits] | None = None, gateway: str = "") -> None:
        self._of_gateway: dict[str, Mapping[str, LinkTraits]] = {}
        self._links: dict[str, LinkTraits] = {}
        self.replace(gateway, links or {})

    def __getitem__(self, name: str) -> LinkTraits:
        return self._links[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def __len__(self) -> int:
        return len(self._links)

    def replace(self, gateway: str, links: Mapping[str, LinkTraits]) -> bool:
        """Take the links of one gateway in place of those known of it; whether they differ."""
        if self._of_gateway.get(gateway, {}) == links:
            return False
        self._of_gateway[gateway] = dict(links)
        self._links = {}
        for name, its_links in sorted(self._of_gateway.items()):
            for twice in self._links.keys() & its_links.keys():
                log.error(
                    "link %s is configured at several gateways: rename the one of %s", twice, name
                )
            self._links |= its_links
        return True

    def of_radio(self, network: str, link: str | None) -> Reach:
        """What the link that heard the radio last can do; unheard: any link of its network."""
        traits = self._links.get(link) if link is not None else None
        return _reach([traits] if traits else self.of_network(network).values())

    def of_talkgroup(self, network: str) -> Reach:
        """What some link of the network can do."""
        return _reach(self.of_network(network).values())

    def of_network(self, network: str) -> dict[str, LinkTraits]:
        """The links that carry a numbering network, or the whole that it is a part of.

        A link of `palanga` also carries `palanga/fleetsync`.
        """
        return {
            name: traits
            for name, traits in self._links.items()
            if network == traits.network or network.startswith(f"{traits.network}/")
        }


def _reach(links: Iterable[LinkTraits]) -> Reach:
    links = list(links)
    limits = [link.text_limit for link in links if link.text_limit is not None]
    return Reach(
        frozenset[Ability]().union(*(link.abilities for link in links)),
        min(limits, default=None),
    )


def traits_of(report: GatewayReport) -> dict[str, LinkTraits]:
    """What a gateway says of its links; empty for one that only says good-bye."""
    return {
        link.name: LinkTraits(
            kind=link.kind,
            title=link.title,
            network=link.network,
            abilities=frozenset(link.abilities),
            text_limit=link.text_limit,
        )
        for link in report.links
    }


def dump_traits(links: Mapping[str, LinkTraits]) -> str:
    """JSON for the row of a gateway: a list of objects, by name."""
    return json.dumps(
        [
            {
                "name": name,
                "kind": one.kind,
                "title": one.title,
                "network": one.network,
                "abilities": sorted(ability.value for ability in one.abilities),
                "text_limit": one.text_limit,
            }
            for name, one in sorted(links.items())
        ],
        ensure_ascii=False,
    )


def load_traits(text: str) -> dict[str, LinkTraits]:
    """What `dump_traits` wrote; abilities that this program does not know are left out."""
    known = {ability.value: ability for ability in Ability}
    return {
        one["name"]: LinkTraits(
            kind=one["kind"],
            title=one["title"],
            network=one["network"],
            abilities=frozenset(known[name] for name in one["abilities"] if name in known),
            text_limit=one["text_limit"],
        )
        for one in json.loads(text)
    }
