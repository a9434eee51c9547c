"""Making a connection: each kind of server in its own way, all with the same steps."""

from __future__ import annotations

from typing import Literal, Protocol

from skyforge_tui.domain.connection import Found, Given, Server, StepReport
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof

SecretPlace = Literal["keyring", "file"]
"""Where a secret is kept: the system's keyring, or a file that only its owner may read."""


class Dialogue(Protocol):
    """The person's side of making a connection."""

    def tell(self, report: StepReport) -> None:
        """Hear how a step is going."""
        ...

    async def ask(self, wanted: Proof, why: str) -> Hidden:
        """Return what proves who one is.

        Raises:
            NotSignedIn: nobody is there to ask, or they would rather not.
        """
        ...

    async def trust(self, fingerprint: str, words: str) -> None:
        """Return when this certificate (SHA-256, 64 digits) is the right one.

        Raises:
            Untrusted: it is not, or nobody is there to say.
        """
        ...


class Connector(Protocol):
    """Connects to one kind of server."""

    @property
    def kind(self) -> str:
        """What it connects to, as in the configuration."""
        ...

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find the server, sign in and look around; changes nothing there but making a token.

        A token is made when `makes_token`, a password was given or is referred to, and the server
        allows it.

        Raises:
            Unavailable: it does not answer, or answers as something else would.
            NotSignedIn: it does not accept what was given.
            Untrusted: its certificate is not the right one.
            Invalid: this is no address, or the way there is none.
        """
        ...


class ConnectionBook(Protocol):
    """Where connections are written down, and their secrets kept apart from them."""

    async def servers(self) -> tuple[Server, ...]:
        """Return what is configured now."""
        ...

    async def write(self, server: Server) -> str:
        """Write a server into the configuration, in the place of one of its name and kind.

        Everything else in it stays as it is, comments included.

        Returns: where.

        Raises:
            Conflict: somebody else changed it meanwhile, or it is written so that it cannot be
                changed without losing something.
            Unavailable: it cannot be read or written.
        """
        ...

    async def secret_places(self) -> tuple[SecretPlace, ...]:
        """Return where secrets can be kept on this machine, the best first."""
        ...

    async def keep_secret(self, place: SecretPlace, name: str, value: Hidden) -> str:
        """Keep a secret and return the reference to it.

        Raises:
            Unavailable: it cannot be kept there.
        """
        ...

    async def replace_secret(self, reference: str, value: Hidden) -> bool:
        """Put a new secret where `reference` points; say whether that is possible.

        Raises:
            Unavailable: it is possible, and failed.
        """
        ...
