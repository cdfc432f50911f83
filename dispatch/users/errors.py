"""What may not be done to user accounts."""

from dispatch.errors import ConflictError, InvalidRequestError


class NameTakenError(ConflictError):
    """Another user has this name."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a user named {name} already; choose another name.")


class LastAdministratorError(ConflictError):
    """Nobody could manage users any more."""

    code = "last_administrator"
    detail = "This is the last administrator; make another user administrator first."


class UnknownAgencyError(InvalidRequestError):
    """An agency that does not exist."""

    code = "unknown_agency"

    def __init__(self, agency: object) -> None:
        super().__init__(f"There is no agency {agency}.")
