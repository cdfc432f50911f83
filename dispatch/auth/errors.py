"""Why somebody is turned away at the door."""

from dispatch.auth.identity import Role
from dispatch.errors import DispatchError


class NotSignedInError(DispatchError):
    """No session, or it has ended."""

    status = 401
    code = "not_signed_in"
    detail = "Sign in first: there is no session, or it has ended."


class WrongNameOrPasswordError(DispatchError):
    """Says nothing about which of the two was wrong, or whether the account is disabled."""

    status = 401
    code = "wrong_name_or_password"
    detail = "The name or the password is wrong."


class LinkUsedOrExpiredError(DispatchError):
    """A one-time link that does not work (any more)."""

    status = 401
    code = "link_used_or_expired"
    detail = "This sign-in link was used or has expired; ask for a new one."


class TooManyAttemptsError(DispatchError):
    """Signing in from this address is slowed down; other addresses are not."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            f"Too many attempts to sign in; try again in {retry_after_s} s.",
            retry_after_s=retry_after_s,
        )
        self.retry_after_s = retry_after_s


class RoleRequiredError(DispatchError):
    """The user's role does not allow this."""

    status = 403
    code = "role_required"

    def __init__(self, role: Role) -> None:
        super().__init__(f"This needs the role {role.value}.", role=role.value)


class PasswordTooShortError(DispatchError):
    """A password below the minimum length."""

    status = 422
    code = "password_too_short"

    def __init__(self, shortest: int) -> None:
        super().__init__(f"Choose a password of at least {shortest} characters.", shortest=shortest)


class WrongPasswordError(DispatchError):
    """Changing a password with a wrong current one."""

    status = 403
    code = "wrong_password"
    detail = "The current password is wrong."
