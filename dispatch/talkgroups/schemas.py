"""What clients see of talkgroups."""

from dispatch.answers import View


class TalkgroupView(View):
    """A talkgroup; `abilities` and `text_limit` are those of its network's links."""

    id: int
    network: str
    number: int
    name: str
    agency_id: int | None
    abilities: list[str]
    text_limit: int | None
