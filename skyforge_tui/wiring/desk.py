"""Puts what servers and hosts want to know at the desk of the person in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.ssh.person import Nobody

if TYPE_CHECKING:
    from skyforge_tui.domain.hidden import Hidden
    from skyforge_tui.integrations.asking import Wanted
    from skyforge_tui.integrations.errors import TransportErrorKind
    from skyforge_tui.integrations.ssh.person import Person
    from skyforge_tui.ports.sign_in import SignInDesk
    from skyforge_tui.wiring.run_servers import Attendance


def person_before(attendance: Attendance | None, kind: str, upstream: str) -> Person:
    """Return who answers what an instance wants to know: nobody, where nobody is attending."""
    return Nobody() if attendance is None else DeskPerson(attendance.desk, kind, upstream)


class DeskPerson:
    """Asks the questions of a server or a host at the desk; implements `Asker` and `Person`."""

    def __init__(self, desk: SignInDesk, kind: str, upstream: str) -> None:
        self._desk = desk
        self._kind = kind
        self._upstream = upstream

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Return the answer.

        Raises:
            HttpError: unauthorized, if nobody answers.
        """
        question = Question(self._upstream, self._kind, Proof(wanted), why, username)
        return Secret((await self._answered(question, "unauthorized")).reveal())

    async def trust(self, fingerprint: str, words: str) -> None:
        """Return when the person says that it is the host's own key.

        Raises:
            HttpError: untrusted, if they do not.
        """
        question = Question(
            self._upstream, self._kind, Proof.HOST_KEY, words, fingerprint=fingerprint
        )
        await self._answered(question, "untrusted")

    async def _answered(self, question: Question, otherwise: TransportErrorKind) -> Hidden:
        try:
            return await self._desk.ask(question)
        except SkyforgeError as error:
            message = error.message
        raise HttpError(otherwise, message)
