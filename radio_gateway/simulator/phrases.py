"""What patrols write to their dispatcher, in their own language."""

from collections.abc import Mapping
from typing import Final

REPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "lv": (
        "Esam vietā, viss mierīgi.",
        "Pārbaudīts, pārkāpumu nav.",
        "Miera traucēšana pārtraukta, personas devās prom.",
        "Nepareizi novietota automašīna, sastādām protokolu.",
        "Nepieciešama ātrā palīdzība, vīrietis bez samaņas.",
        "Pavadām personu uz iecirkni.",
        "Klaiņojošs suns pie skolas, gaidām dienestu.",
        "Apgaismojums nedarbojas, lūdzu ziņot pilsētai.",
        "Pusdienu pārtraukums 20 min.",
        "Turpinām patrulēšanu.",
    ),
    "lt": (
        "Esame vietoje, viskas ramu.",
        "Patikrinta, pažeidimų nėra.",
        "Viešoji tvarka atkurta, asmenys išsiskirstė.",
        "Neleistinoje vietoje pastatytas automobilis.",
        "Reikalinga greitoji pagalba.",
        "Palydime asmenį į komisariatą.",
        "Palaidas šuo prie mokyklos, laukiame tarnybos.",
        "Neveikia apšvietimas, prašome pranešti.",
        "Pietų pertrauka 20 min.",
        "Tęsiame patruliavimą.",
    ),
}
ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "lv": (
        "Sapratu.",
        "Braucam.",
        "Būsim pēc 5 min.",
        "Izpildām.",
        "Esam aizņemti, 10 min.",
        "Jā.",
    ),
    "lt": ("Supratau.", "Vykstame.", "Būsime po 5 min.", "Vykdome.", "Užimti, 10 min.", "Taip."),
}
