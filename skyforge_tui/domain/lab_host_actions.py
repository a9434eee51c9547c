"""What the tools of a lab host are asked to do there, and the words of each command. Pure.

Source: netlab 26.10 and containerlab 0.79, their command lines.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.domain.tool_actions import COLLECTED

_EXEC: Final = (
    SurveyField("nodes", description="for exec: names or groups of nodes, separated by commas"),
    SurveyField("command", description="for exec: the command that is run there"),
)
NETLAB_ACTIONS: Final = (
    "up", "down", "restart", "create", "validate", "collect", "initial", "exec", "report",
    "status",
)  # fmt: skip
NETLAB_SURVEY: Final = (
    SurveyField(
        "action", FieldKind.ENUM, NETLAB_ACTIONS[0], True, NETLAB_ACTIONS,
        "what netlab does with this topology, on its host",
    ),
    SurveyField(
        "cleanup", FieldKind.BOOL, "false",
        description="after down: remove the files that netlab made",
    ),
    SurveyField(
        "force", FieldKind.BOOL, "false",
        description="with down: go on although netlab finds something odd",
    ),
    SurveyField(
        "instance", FieldKind.INT,
        description="with up or create: a number from 1 to 254, to run beside other labs there",
    ),
    *_EXEC,
    SurveyField("report", description="for report: its name, such as wiring or addressing"),
)  # fmt: skip
_GOES_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "cleanup": ("down",),
    "force": ("down",),
    "instance": ("up", "create", "restart"),
    "nodes": ("exec",),
    "command": ("exec",),
    "report": ("report",),
}


CONTAINERLAB_ACTIONS: Final = ("deploy", "destroy", "redeploy", "inspect", "save", "exec")
CONTAINERLAB_SURVEY: Final = (
    SurveyField(
        "action", FieldKind.ENUM, CONTAINERLAB_ACTIONS[0], True, CONTAINERLAB_ACTIONS,
        "what containerlab does with this topology, on its host",
    ),
    SurveyField(
        "reconfigure", FieldKind.BOOL, "false",
        description="with deploy: forget what the nodes were configured to",
    ),
    SurveyField(
        "cleanup", FieldKind.BOOL, "false",
        description="with destroy or redeploy: remove the lab's folder",
    ),
    SurveyField("node", description="for exec: the node, by its own name; all of them if empty"),
    SurveyField("command", description="for exec: the command that is run there"),
)  # fmt: skip
_CONTAINERLAB_GOES_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "reconfigure": ("deploy",),
    "cleanup": ("destroy", "redeploy"),
    "node": ("exec",),
    "command": ("exec",),
}
_SPOKEN: Final[Mapping[str, str]] = {
    "up": "deploy", "down": "destroy", "collect": "save", "create": "inspect",
}  # fmt: skip
"""What people ask of any lab, in containerlab's words."""


def containerlab_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Return answers that may have been meant for netlab in containerlab's words."""
    action = answers.get("action", "")
    is_its_own = action in CONTAINERLAB_ACTIONS
    return {**answers, "action": _SPOKEN.get(action, action if is_its_own else "inspect")}


def containerlab_words(topology: str, answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command for a topology's file, seen from its folder.

    Raises:
        Invalid: the answers do not go together, or one of them is missing.
    """
    action = answers["action"]
    _check(answers, action, _CONTAINERLAB_GOES_WITH)
    flags = (f"--{one}" for one in ("reconfigure", "cleanup") if answers.get(one) == "true")
    asked: tuple[str, ...] = ()
    if action == "exec":
        command, node = _wanted(answers, "command"), answers.get("node", "").strip()
        asked = ("--cmd", command, *(("--label", f"clab-node-name={node}") if node else ()))
    return ("containerlab", action, "-t", _file(topology), *flags, *asked)


def _file(name: str) -> str:
    """Return a file's name that no program takes for an option."""
    return f"./{name}" if name.startswith("-") else name


def netlab_words(topology: str, answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command for a topology's file, seen from its folder.

    Raises:
        Invalid: the answers do not go together, or one of them is missing.
    """
    action = answers["action"]
    _check(answers, action, _GOES_WITH)
    match action:
        case "up" | "create":
            lab = _multilab(answers.get("instance", ""))
            return ("netlab", action, *lab, _file(topology))
        case "restart":
            return (*_as_multilab(answers.get("instance", "")), "netlab", action)
        case "down":
            flags = (f"--{name}" for name in ("cleanup", "force") if answers.get(name) == "true")
            return ("netlab", action, *flags)
        case "exec":
            nodes, words = _wanted(answers, "nodes"), _split(_wanted(answers, "command"))
            return ("netlab", action, _no_option(nodes), *words)
        case "collect":
            return ("netlab", action, "-o", COLLECTED)
        case "report":
            return ("netlab", action, _no_option(_wanted(answers, "report")))
        case _:
            return ("netlab", action)


def kept_globs(tool: str, action: str) -> tuple[str, ...]:
    """Return what a command leaves that is worth keeping, as seen from the topology's folder."""
    return (f"{COLLECTED}/*",) if (tool, action) == ("netlab", "collect") else ()


def _multilab(instance: str) -> tuple[str, ...]:
    """Return what makes a lab one of several of the same person."""
    if not instance:
        return ()
    return ("--plugin", "multilab", "-s", f"defaults.multilab.id={_number(instance)}")


def _as_multilab(instance: str) -> tuple[str, ...]:
    """Return the same for `restart`, which takes no such options, and would forget it."""
    if not instance:
        return ()
    return ("env", "NETLAB_PLUGIN=multilab", f"NETLAB_MULTILAB_ID={_number(instance)}")


def _number(instance: str) -> int:
    if not 1 <= int(instance) <= 254:
        raise Invalid("instance is a number from 1 to 254", operation="run.start")
    return int(instance)


def _check(
    answers: Mapping[str, str], action: str, goes_with: Mapping[str, tuple[str, ...]]
) -> None:
    for name, actions in goes_with.items():
        if answers.get(name, "") not in ("", "false") and action not in actions:
            raise Invalid(
                f"{name} goes with {' or '.join(actions)}, not with {action}",
                operation="run.start", advice=f"leave {name} out, or choose another action",
            )  # fmt: skip


def _wanted(answers: Mapping[str, str], name: str) -> str:
    value = answers.get(name, "").strip()
    if not value:
        raise Invalid(f"{answers['action']} needs {name}", operation="run.start",
                      advice=f"fill in {name}; at a shell -v {name}=…")  # fmt: skip
    return value


def _split(command: str) -> Sequence[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise Invalid(f"the command cannot be read: {error}", operation="run.start") from None


def _no_option(word: str) -> str:
    """Return a word that no program takes for an option."""
    if word.startswith("-"):
        raise Invalid(f"{word!r} cannot begin with a dash", operation="run.start")
    return word
