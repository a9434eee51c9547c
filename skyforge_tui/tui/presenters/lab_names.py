"""Tells labs apart that people call alike: as rows of one table, and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import Lab


def place_key(lab: Lab) -> str:
    """Return what stays of a lab when it is started: where it runs, and what it is made from."""
    return f"{lab.provider}\0{lab.topology or lab.directory or lab.id}"


def row_keys(labs: Sequence[Lab]) -> dict[LabId, str]:
    """Return what identifies each lab's row, before it was started and after.

    Of several that one topology makes, each is its own id.
    """
    made = Counter(map(place_key, labs))
    return {one.id: key if made[key := place_key(one)] == 1 else one.id for one in labs}


def apart(labs: Iterable[Lab]) -> dict[LabId, str]:
    """Return for each lab that is not alone with its name what it has for itself, in short.

    That is its server; on one server, the part of its place that no other of them has.
    """
    by_name: dict[str, list[Lab]] = {}
    for one in labs:
        by_name.setdefault(one.name, []).append(one)
    words: dict[LabId, str] = {}
    for alike in by_name.values():
        by_server: dict[str, list[Lab]] = {}
        for one in alike:
            by_server.setdefault(one.provider, []).append(one)
        for server, some in by_server.items():
            if len(some) > 1:
                words |= _by_place(some)
            elif len(alike) > 1:
                words[some[0].id] = server
    return words


def _by_place(labs: Sequence[Lab]) -> dict[LabId, str]:
    """Return the parts of the labs' places without what all begin and end with."""
    places = ([one.directory or one.folder for one in labs], [native_of(one.id) for one in labs])
    split = ([tuple(filter(None, one.split("/"))) for one in some] for some in places)
    whole = [(one.id,) for one in labs]
    parts = next((some for some in split if len(set(some)) == len(labs)), whole)
    short = min(map(len, parts))
    ahead = _shared(parts, short)
    behind = _shared([one[::-1] for one in parts], short - ahead)
    return {
        lab.id: "/".join(one[ahead : len(one) - behind]) or "/"
        for lab, one in zip(labs, parts, strict=True)
    }


def _shared(paths: Sequence[Sequence[str]], most: int) -> int:
    """Return with how many parts all paths begin, `most` at most."""
    for at in range(most):
        if len({path[at] for path in paths}) > 1:
            return at
    return most
