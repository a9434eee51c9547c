"""Who answers when an SSH host wants to know something."""

from __future__ import annotations

from typing import Protocol

from skyforge_tui.integrations.asking import Asker, NobodyToAsk
from skyforge_tui.integrations.errors import TransportError


class Person(Asker, Protocol):
    """Somebody who can be asked, also whether a host is the right one."""

    async def trust(self, fingerprint: str, words: str) -> None:
        """Return when this is the host's own key (`SHA256:…`).

        Raises:
            TransportError: untrusted, if it is not, or nobody is there to say.
        """
        ...


class Nobody(NobodyToAsk):
    """There is no person: a command in a script."""

    async def trust(self, fingerprint: str, words: str) -> None:
        """Refuse.

        Raises:
            TransportError: untrusted.
        """
        del fingerprint
        raise TransportError("untrusted", words)
