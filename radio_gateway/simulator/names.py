"""Names of invented officers; first and family names of one language and sex go together."""

import random
from collections.abc import Iterator
from typing import Final

_LATVIAN_MEN: Final = (
    "Andris Jānis Mārtiņš Kaspars Edgars Artūrs Raivis Guntis Ģirts Rihards Aigars Normunds",
    "Bērziņš Kalniņš Ozoliņš Jansons Krūmiņš Liepiņš Zariņš Šteins Vītols Eglītis Ķēniņš Priede",
)
_LATVIAN_WOMEN: Final = (
    "Anna Līga Ilze Kristīne Zane Inese Agnese Dace Elīna Sanita Žanete Māra",
    "Bērziņa Kalniņa Ozoliņa Jansone Krūmiņa Liepiņa Zariņa Šteina Vītola Eglīte Ķēniņa Priede",
)
_LITHUANIAN_MEN: Final = (
    "Jonas Tomas Mindaugas Darius Vytautas Rokas Šarūnas Žygimantas Andrius Paulius Ąžuolas",
    "Kazlauskas Petrauskas Jankauskas Stankevičius Žukauskas Butkus Urbonas Šimkus Gečas Norkus",
)
_LITHUANIAN_WOMEN: Final = (
    "Rasa Eglė Jurgita Inga Viktorija Ieva Šviesė Živilė Lina Gintarė Rūta Austėja",
    "Kazlauskienė Petrauskaitė Stankevičiūtė Žukauskienė Butkutė Urbonaitė Šimkutė Norkutė",
)
_PAIRS: Final = {"lv": (_LATVIAN_MEN, _LATVIAN_WOMEN), "lt": (_LITHUANIAN_MEN, _LITHUANIAN_WOMEN)}
CYRILLIC: Final = "Сергей Кузнецов"
"One officer writes his name with other letters: displays and exports must bear it."


def officer_names(language: str, chance: random.Random) -> Iterator[str]:
    """Names without end, none twice while there are enough; `language` is `lv` or `lt`."""
    full = [
        f"{first} {family}"
        for firsts, families in _PAIRS[language]
        for first in firsts.split()
        for family in families.split()
    ]
    while True:
        yield from chance.sample(full, len(full))
