"""What is asked before something is done to labs, and what can be done to one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from skyforge_tui.domain.identity import Me, native_of
from skyforge_tui.domain.lab import Lab, LabLink, LabNode, LabState, NodeState
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
    action: LabAction | None = None
    reason: str = ""
    run: str = ""
    """What a run of the lab's topology does, where that is meant."""


_BY_JOBS: Final = "as a job there, which tells what it did when it has ended"
_NO_LINK_HERE: Final = "its page, tab: choose one of its links"
_RUNS: Final[Mapping[str, tuple[str, str]]] = {
    "collect": ("k", "collect the running configurations"),
    "save": ("k", "save the running configurations"),
    "validate": ("v", "validate it"),
    "initial": ("g", "configure its nodes anew"),
    "exec": ("x", "run a command on its nodes"),
    "restart": ("r", "take it down and up again"),
    "redeploy": ("r", "destroy and deploy it again"),
    "create": ("f", "make its files, and start nothing"),
    "report": ("w", "write a report on it"),
    "graph": ("d", "draw it"),
    "status": ("s", "say how it is"),
    "inspect": ("s", "say how it is"),
}
"""What runs of topologies do beside starting and stopping labs: a letter, and words."""


def is_mine(lab: Lab, me: Me) -> bool:
    """Say whether a lab is of whoever sits here, by the name they have where it runs."""
    return lab.owner in (me.username, me.at_labs(lab.provider))


def by_run_alone(action: LabAction, lab: Lab) -> str:
    """Return why a lab that a run of its topology starts or stops is not among several."""
    return f"{lab.kind} {action}s it by a run of its topology: {action} it by itself, with its card"


def lab_line(lab: Lab) -> Line:
    """Return a lab in one line, with its owner and place."""
    place = f"{lab.provider} {lab.folder}".rstrip()
    return line(
        Span(literal(lab.name), "strong", bold=True),
        Span(f"  {literal(place)}  {literal(lab.owner)}", "muted"),
    )


def ruled_out(action: LabAction, lab: Lab, called: str = "it") -> str:
    """Return why a lab's state rules an action out; empty where it does not."""
    runs = lab.state in (LabState.RUNNING, LabState.STARTING)
    if action is LabAction.WIPE and runs:
        return f"{called} is {lab.state}: stop it first"
    if action is LabAction.START and runs and not lab.is_degraded:
        return f"{called} is {lab.state} already"
    if action in (LabAction.STOP, LabAction.SAVE) and lab.state is LabState.STOPPED:
        return f"{called} does not run"
    return ""


def question(
    action: LabAction, labs: Sequence[Lab], left_out: Sequence[tuple[Lab, str]], me: Me,
    nodes: Sequence[LabNode] = (), node: str = "", said: Callable[[Act], str] = line_of,
    link: LabLink | None = None,
) -> Question:  # fmt: skip
    """Return the question: every lab that is meant, what it costs, and who is left out with why.

    `nodes` are those of the only lab, as far as they are known; `node` is the one that is
    meant, or the `link`. `said` spells a command for this very program.
    """
    costs = [*_costs(action, labs, nodes, node)]
    if others := sorted({one.owner for one in labs if one.owner and not is_mine(one, me)}):
        costs.append(("Not yours", (Span(f"made by {literal(_some(others))}"),)))
    if scopes := sorted({one.scope for one in labs if one.scope}):
        costs.append(("Whose nodes", (Span(f"those of {literal(', '.join(scopes))}", "muted"),)))
    for lab, reason in left_out:
        words = line(Span(f"{literal(lab.name)}: "), Span(literal(reason), "warn"))
        costs.append(("Left out", words))
    verb = _verb(action, labs, link)
    what = literal(labs[0].name) if len(labs) == 1 else f"{count(len(labs))} labs"
    return Question(
        title=_title(verb, node, link, what),
        go=verb,
        way_out=_WAYS_OUT.get(action, "leave it"),
        things=[_thing(one) for one in labs],
        costs=costs,
        same_as="; ".join(said(Other(command_words(action, one, node, link))) for one in labs[:4])
        + ("; …" if len(labs) > 4 else ""),
        is_destructive=action is LabAction.WIPE,
    )  # fmt: skip


def leaving(labs: Sequence[Lab]) -> Question:
    """Return the question whether to leave while something is done to labs."""
    what = literal(labs[0].name) if len(labs) == 1 else f"{count(len(labs))} labs"
    return Question(
        title=f"Leave while something is done to {what}",
        go="leave",
        way_out="stay",
        things=[line(_thing(one), Span(f"  {literal(one.step)}", "muted")) for one in labs],
        costs=[
            ("Left undone", (Span("nodes that were not asked for yet stay as they are"),)),
            ("Goes on", (Span("what the server was asked for already"),)),
        ],
    )


def possible(
    lab: Lab, node: LabNode | None, link: LabLink | None, runs: Sequence[str] = ()
) -> list[Possible]:
    """Return what can be done to a lab beside starting, stopping and wiping it.

    `runs` are what runs of its topology do; each of them has a card.
    """
    found = [
        Possible(key, words, run=action) for action, (key, words) in _RUNS.items() if action in runs
    ]
    if node is not None:
        name = literal(node.name)
        found += [
            Possible(
                "n",
                f"start {name} alone",
                LabAction.NODE_START,
                "it runs already" if node.state is NodeState.UP else "",
            ),
            Possible(
                "p",
                f"stop {name} alone",
                LabAction.NODE_STOP,
                "it does not run" if node.state is NodeState.STOPPED else "",
            ),
            Possible("c", f"copy where the console of {name} is", LabAction.CONSOLE),
        ]
    verb = "up again" if link is not None and link.is_up is False else "down"
    words = f"take a link {verb}" if link is None else f"take {literal(link.name)} {verb}"
    found.append(Possible("i", words, LabAction.LINK, "" if link is not None else _NO_LINK_HERE))
    if not any(one.run in ("collect", "save") for one in found):
        kept = "keep the running configurations"
        reason = ruled_out(LabAction.SAVE, lab)
        found.append(Possible("k", kept, LabAction.SAVE, reason))
    found += [
        Possible("l", "unlock it" if lab.is_locked else "lock it", LabAction.LOCK),
        Possible("e", "keep it as an archive", LabAction.EXPORT),
        Possible("o", "show its page", LabAction.PAGE),
        Possible("m", f"make a lab on {literal(lab.provider)}", LabAction.CREATE),
    ]
    return found


def answers_of(lab: Lab, run: str) -> dict[str, str]:
    """Return how the card of a lab's topology is filled in, for something that a run does.

    netlab forgets at a restart that a lab is one of several of the same person.
    """
    native = native_of(lab.id)
    is_one_of_several = run == "restart" and native.isascii() and native.isdigit()
    return {"action": run, **({"instance": native} if is_one_of_several else {})}


def done_words(action: LabAction, lab: Lab, node: str = "", link: LabLink | None = None) -> str:
    """Return what is said when it was done."""
    if link is not None:
        return f"{link.name} is {'up' if link.is_up is False else 'down'}"
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
        case LabAction.LINK:
            cut: Line = (Span("what crosses it; the nodes at both ends see it change"),)
            return [("Hit by it", cut), ("How", (Span("their interfaces are set down, or up"),))]
        case LabAction.SAVE:
            how = "each node's console is read, one after the other; whoever is on one is disturbed"
            return [("How", (Span(how),))]
        case LabAction.LOCK:
            return [("How", (Span("the server's page keeps to it, and so do we"),))]
        case _:
            is_told = all(one.kind != "netlab" for one in labs)
            how = "node by node; the row shows how far it is" if is_told else _BY_JOBS
            return [("How", (Span(how),))]


def command_words(action: LabAction, lab: Lab, node: str, link: LabLink | None) -> tuple[str, ...]:
    """Return the words of the command that does the same."""
    verb = _command(action, _verb(action, [lab], link))
    return ("labs", verb, lab.id, *part_words(node, link))


def part_words(node: str, link: LabLink | None) -> tuple[str, ...]:
    """Return the words of a command that say which part of a lab is meant."""
    if link is not None:
        return (link.name, "up" if link.is_up is False else "down")
    return ("--node", node) if node else ()


def _command(action: LabAction, verb: str) -> str:
    return "link" if action is LabAction.LINK else verb


def _title(verb: str, node: str, link: LabLink | None, what: str) -> str:
    if link is not None:
        return f"{verb.capitalize()} {literal(link.name)} of {what}"
    return f"{verb.capitalize()} {f'{literal(node)} of ' if node else ''}{what}"


def _verb(action: LabAction, labs: Sequence[Lab], link: LabLink | None) -> str:
    if action is LabAction.LOCK:
        return "unlock" if labs[0].is_locked else "lock"
    if link is not None:
        return "bring up" if link.is_up is False else "take down"
    return {LabAction.NODE_START: "start", LabAction.NODE_STOP: "stop"}.get(action, str(action))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
