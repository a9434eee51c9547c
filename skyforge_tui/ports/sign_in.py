"""How a server reaches the person it wants to be convinced by."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Question


class SignInDesk(Protocol):
    """Passes questions on to whoever sits in front of this program."""

    async def ask(self, question: Question) -> Hidden:
        """Return the answer; waits for as long as the person takes.

        Raises:
            NotSignedIn: nobody is there, or they would rather not; says how to sign in.
        """
        ...
