"""What the configured links are and can do; made once from the configuration."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from radio_gateway.domain.ports import Ability


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
    """Traits by the name of the link."""

    def __init__(self, links: Mapping[str, LinkTraits] | None = None) -> None:
        self._links = dict(links or {})

    def __getitem__(self, name: str) -> LinkTraits:
        return self._links[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def __len__(self) -> int:
        return len(self._links)

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
