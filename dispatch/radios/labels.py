"""How people write a radio's number."""

from radio_gateway.domain.ids import RadioId


def label_of(radio: RadioId) -> str:
    """The number as its users write it: `2340104`, FleetSync `100-1001`, NXDN `U00103`.

    FleetSync and NXDN radios are in networks of their own, named by their last part.
    """
    system = radio.network.rpartition("/")[2]
    if system == "fleetsync":
        return f"{radio.number // 10_000:03d}-{radio.number % 10_000:04d}"
    if system == "nxdn":
        return f"U{radio.number:05d}"
    return str(radio.number)
