"""Asking a person for what proves who they are, in the middle of a conversation with a server."""

from __future__ import annotations

from typing import Literal, Protocol

from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secrets import Secret

Wanted = Literal["password", "token", "totp", "email code", "passphrase", "reply"]
"""What is asked for: a password, a token (or the password instead), a code of an authenticator
app, a code that was sent by e-mail, what opens a key, the answer to a question of the host's."""


class Asker(Protocol):
    """Reaches a person, or knows that there is none."""

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Return what the person answered to `why`; waits for as long as they take.

        Raises:
            HttpError: unauthorized, when nobody is there or they would rather not.
        """
        ...


class NobodyToAsk:
    """There is no person: a command in a script."""

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Refuse; says what would have been asked for.

        Raises:
            HttpError: unauthorized.
        """
        del wanted, username
        raise HttpError("unauthorized", why)
