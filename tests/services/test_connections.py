"""A server is written down only after it was reached, under a name that is free."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skyforge_tui.domain.connection import Given, Server, Step, StepState, shown_reference
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.connections import ConnectionService
from tests.fakes.connections import FakeConnector, MemoryBook, ScriptedDialogue

ADA = Principal("ada")
PROD = Server("semaphore", "prod", "https://prod.example.net", token_ref="env:T")


def service_of(
    book: MemoryBook | None = None, connector: FakeConnector | None = None
) -> ConnectionService:
    """Return the service on a book that knows `PROD`."""
    makes = {"semaphore": lambda: connector or FakeConnector()}
    return ConnectionService(makes, book or MemoryBook([PROD]), Access())


async def test_a_token_goes_to_the_best_place() -> None:
    """What was found is written down, with a reference to where its token is kept."""
    book = MemoryBook([PROD])
    service = service_of(book)
    told = ScriptedDialogue()
    typed = Server("semaphore", "lab", "https://lab", password_ref="env:P")
    found = await service.connect(ADA, typed, Given(), told)
    assert book.kept == {"keyring:semaphore-lab": "new-token"}
    assert book.known[-1] == replace(typed, token_ref="keyring:semaphore-lab", password_ref="")
    assert found.server == book.known[-1]
    assert told.states == {Step.KEEP: StepState.DONE}
    await service.connect(ADA, typed, Given(), told, "file")
    assert "file:semaphore-lab" in book.kept


async def test_a_failure_writes_nothing() -> None:
    """What was not reached is not written down; testing never writes, and hands out no secret."""
    book = MemoryBook([PROD])
    service = service_of(book, FakeConnector(error=Unavailable("down")))
    with pytest.raises(Unavailable):
        await service.connect(ADA, PROD, Given(), ScriptedDialogue())
    typed, given = replace(PROD, name="x"), Given(token=Hidden("typed"))
    found = await service_of(book).test(ADA, typed, given, ScriptedDialogue())
    assert (book.known, book.kept, bool(found.token)) == ([PROD], {}, False)


async def test_a_name_belongs_to_one_server() -> None:
    """A name that another server has is refused; the same server may be connected to again."""
    service = service_of()
    with pytest.raises(Conflict, match=r"prod is prod\.example\.net already"):
        await service.connect(ADA, replace(PROD, address="other"), Given(), ScriptedDialogue())
    again = replace(PROD, address="prod.example.net/api")
    await service.connect(ADA, again, Given(), ScriptedDialogue())
    for name in ("", "A", "a b", "-a", "a--b"):
        with pytest.raises(Invalid, match="cannot be a name"):
            await service.connect(ADA, replace(PROD, name=name), Given(), ScriptedDialogue())


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://prod.example.net/ui", "prod"),
        ("PROD.example.net", "prod"),
        ("https://prod.elsewhere.net", "prod-2"),
        ("lab.example.net:3000", "lab"),
        ("10.0.0.1", "semaphore"),
        ("[::1]:3000", "semaphore"),
        ("https://Über.example", "ber"),
        ("https://host:port", "semaphore"),
    ],
)
async def test_a_name_is_suggested(address: str, name: str) -> None:
    """A new server is called after its host; a known one keeps its name."""
    service = service_of()
    assert await service.suggested_name(ADA, "semaphore", address) == name


async def test_other_kinds_are_refused_honestly() -> None:
    """A kind that comes later says so; one that nobody knows says which there are."""
    service = service_of()
    assert await service.kinds(ADA) == ("semaphore",)
    with pytest.raises(Invalid, match="cannot connect to eve yet"):
        await service.test(ADA, Server("eve", "lab", "h"), Given(), ScriptedDialogue())
    with pytest.raises(Invalid, match="no kind of server") as caught:
        await service.test(ADA, Server("x", "lab", "h"), Given(), ScriptedDialogue())
    assert "semaphore" in caught.value.advice


async def test_a_server_is_found_by_name() -> None:
    """A name finds its server, says what names there are, and wants a kind where two share it."""
    book = MemoryBook([PROD, replace(PROD, kind="gitea")])
    service = service_of(book)
    assert await service.named(ADA, "prod", "semaphore") == PROD
    with pytest.raises(Invalid, match="semaphore and gitea"):
        await service.named(ADA, "prod")
    with pytest.raises(NotFound) as caught:
        await service.named(ADA, "x")
    assert "prod" in caught.value.advice


@pytest.mark.parametrize(
    ("reference", "shown"),
    [("env:T", "env:T"), ("cmd:pass show x", "cmd:pass …"), ("cmd:pass", "cmd:pass"), ("", "")],
)
def test_a_reference_is_shown_without_arguments(reference: str, shown: str) -> None:
    """Of a command only the program is shown."""
    assert shown_reference(reference) == shown


async def test_names_of_other_kinds_are_taken() -> None:
    """One name tells whose a thing is: neither another kind's nor this machine's is given again."""
    book = MemoryBook([PROD, Server("gitea", "lab", "https://git.example.net")])
    service = service_of(book)
    with pytest.raises(Conflict, match="lab is a gitea server already"):
        await service.connect(ADA, replace(PROD, name="lab"), Given(), ScriptedDialogue())
    with pytest.raises(Invalid, match="local is what this machine is called"):
        await service.connect(ADA, replace(PROD, name="local"), Given(), ScriptedDialogue())
    assert await service.suggested_name(ADA, "semaphore", "https://lab.example.net") == "lab-2"
    assert await service.suggested_name(ADA, "semaphore", "https://local") == "local-2"
