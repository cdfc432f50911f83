"""What clients see of agencies."""

from dispatch.answers import View


class AgencyView(View):
    """A police force."""

    id: int
    code: str
    name: str
    country: str
    colour: str | None
