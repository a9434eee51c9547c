"""What is asked before something is done to labs, and what can be done to one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.lab import Lab, LabNode, LabState
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.headless import Act, Other, line_of
from skyforge_tui.tui.presenters.labs import lab_look, up_text
from skyforge_tui.tui.presenters.offers import Question
from skyforge_tui.tui.presenters.tones import count

_WAYS_OUT = {
    LabAction.STOP: "let it run", LabAction.NODE_STOP: "let it run", LabAction.WIPE: "keep it",
}  # fmt: skip
_NAMED = 4
"""Names that are told; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class Possible:
    """One thing that can be done to a lab: the letter that picks it, what it is, why not."""

    key: str
    label: str
    action: LabAction
    reason: str = ""


def is_mine(lab: Lab, me: Me) -> bool:
    """Say whether a lab is of whoever sits here, by the name they have where it runs."""
    return lab.owner in (me.username, me.at(lab.provider))


def lab_line(lab: Lab) -> Line:
    """Return a lab in one line, with its owner and place."""
    place = f"{lab.provider} {lab.folder}".rstrip()
    return line(
        Span(literal(lab.name), "strong", bold=True),
        Span(f"  {literal(place)}  {literal(lab.owner)}", "muted"),
    )


def ruled_out(action: LabAction, lab: Lab) -> str:
    """Return why a lab's state rules an action out; empty where it does not."""
    runs = lab.state in (LabState.RUNNING, LabState.STARTING)
    if action is LabAction.WIPE and runs:
        return f"it is {lab.state}: stop it first"
    if action is LabAction.START and runs and not lab.is_degraded:
        return f"it is {lab.state} already"
    if action is LabAction.STOP and lab.state is LabState.STOPPED:
        return "it does not run"
    return ""


def question(
    action: LabAction, labs: Sequence[Lab], left_out: Sequence[tuple[Lab, str]], me: Me,
    nodes: Sequence[LabNode] = (), node: str = "", said: Callable[[Act], str] = line_of,
) -> Question:  # fmt: skip
    """Return the question: every lab that is meant, what it costs, and who is left out with why.

    `nodes` are those of the only lab, as far as they are known; `node` is the one that is
    meant. `said` spells a command for this very program.
    """
    costs = [*_costs(action, labs, nodes, node)]
    if others := sorted({one.owner for one in labs if one.owner and not is_mine(one, me)}):
        costs.append(("Not yours", (Span(f"made by {literal(_some(others))}"),)))
    if scopes := sorted({one.scope for one in labs if one.scope}):
        costs.append(("Whose nodes", (Span(f"those of {literal(', '.join(scopes))}", "muted"),)))
    for lab, reason in left_out:
        words = line(Span(f"{literal(lab.name)}: "), Span(literal(reason), "warn"))
        costs.append(("Left out", words))
    verb = _verb(action, labs)
    more = ("--node", node) if node else ()
    what = literal(labs[0].name) if len(labs) == 1 else f"{count(len(labs))} labs"
    return Question(
        title=f"{verb.capitalize()} {f'{literal(node)} of ' if node else ''}{what}",
        go=verb,
        way_out=_WAYS_OUT.get(action, "leave it"),
        things=[_thing(one) for one in labs],
        costs=costs,
        same_as="; ".join(said(Other(("labs", verb, one.id, *more))) for one in labs[:4])
        + ("; …" if len(labs) > 4 else ""),
        is_destructive=action is LabAction.WIPE,
    )  # fmt: skip


def possible(lab: Lab, node: LabNode | None) -> list[Possible]:
    """Return what can be done to a lab beside starting, stopping and wiping it."""
    found = []
    if node is not None:
        name = literal(node.name)
        found += [
            Possible("n", f"start {name} alone", LabAction.NODE_START),
            Possible("p", f"stop {name} alone", LabAction.NODE_STOP),
            Possible("c", f"copy where the console of {name} is", LabAction.CONSOLE),
            Possible("i", f"take the links of {name} down", LabAction.LINK),
        ]
    found += [
        Possible("k", "keep the running configurations in it", LabAction.SAVE),
        Possible("l", "unlock it" if lab.is_locked else "lock it", LabAction.LOCK),
        Possible("e", "copy the command that exports it", LabAction.EXPORT),
        Possible("o", "show its page", LabAction.PAGE),
        Possible("m", f"make a lab on {literal(lab.provider)}", LabAction.CREATE),
    ]
    return found


def done_words(action: LabAction, lab: Lab, node: str = "") -> str:
    """Return what is said when it was done."""
    what = f"{node} of {lab.name}" if node else lab.name
    return {
        LabAction.START: f"{what} runs", LabAction.NODE_START: f"{what} runs",
        LabAction.STOP: f"{what} is stopped", LabAction.NODE_STOP: f"{what} is stopped",
        LabAction.WIPE: f"{what} is wiped", LabAction.SAVE: f"configurations of {what} are kept",
        LabAction.LOCK: f"{what} is {'unlocked' if lab.is_locked else 'locked'}",
    }.get(action, f"done: {what}")  # fmt: skip


def _thing(lab: Lab) -> Line:
    look = lab_look(lab)
    sign = Span(f"{look.glyph} ", look.tone, bold=look.bold)
    return line(sign, lab_line(lab), "  ", Span(f"{up_text(lab)} up"))


def _costs(
    action: LabAction, labs: Sequence[Lab], nodes: Sequence[LabNode], node: str
) -> list[tuple[str, Line]]:
    total = sum(one.nodes_total or 0 for one in labs)
    known = [one for one in nodes if not node or one.name == node]
    unsaved = [one.name for one in known if one.has_config is False]
    match action:
        case LabAction.STOP | LabAction.NODE_STOP:
            lost: Line = (Span("what nodes hold in memory: configurations nobody saved there"),)
            return [("Lost", lost), ("Kept", (Span("their disks; a, k keeps configurations"),))]
        case LabAction.WIPE:
            disks: Line = (Span(f"the disks of {count(total)} nodes"),)
            kept: Line = (Span("nodes and links, and configurations that are kept in the lab"),)
            costs = [("Lost for good", disks), ("Kept", kept)]
            if unsaved:
                few = f"{len(unsaved)} of {len(known)} nodes: {literal(_some(unsaved))}"
                costs.insert(1, ("Never kept", (Span(few, "warn"),)))
            return costs
        case LabAction.SAVE:
            how = "each node's console is read, one after the other; whoever is on one is disturbed"
            return [("How", (Span(how),))]
        case LabAction.LOCK:
            return [("How", (Span("the server's page keeps to it, and so do we"),))]
        case _:
            return [("How", (Span("node by node; the row shows how far it is"),))]


def _verb(action: LabAction, labs: Sequence[Lab]) -> str:
    if action is LabAction.LOCK:
        return "unlock" if labs[0].is_locked else "lock"
    return {LabAction.NODE_START: "start", LabAction.NODE_STOP: "stop"}.get(action, str(action))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
