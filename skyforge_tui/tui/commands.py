"""Every command once, as pure data: it feeds key bindings, the footer, `?` and `ctrl+p`.

A screen carries out a command in a method named after its id: `run.stop` in `do_run_stop`.
"""

from __future__ import annotations

from skyforge_tui.domain.permission import Permission
from skyforge_tui.tui.command import ANYWHERE, OUTPUT, TABLES, TABS, Command, Place
from skyforge_tui.tui.output_commands import OUTPUT_COMMANDS
from skyforge_tui.tui.project_commands import PROJECT_COMMANDS
from skyforge_tui.tui.repository_commands import REPOSITORY_COMMANDS

__all__ = [
    "ANYWHERE", "BY_ID", "COMMANDS", "KEY_NAMES", "OUTPUT", "TABLES", "TABS", "Command", "Place",
    "commands_of", "conflicts", "key_name",
]  # fmt: skip

_LIST = frozenset({*TABLES, *OUTPUT, Place.LAB, Place.AUTOMATION, Place.REPOSITORY})
_WITH_RUN = frozenset({Place.RUNS, Place.ATTENTION, Place.RUN})
_WITH_LAB = frozenset({Place.LABS, Place.LAB})


def _at(*places: Place) -> frozenset[Place]:
    return frozenset(places)


COMMANDS: tuple[Command, ...] = (
    Command("place.projects", ("1",), "projects", "Projects", "Places"),
    Command("place.labs", ("2",), "labs", "Labs", "Places"),
    Command("place.runs", ("3",), "runs", "Runs", "Places"),
    Command("place.artifacts", ("4",), "artifacts", "Artifacts", "Places"),
    Command("place.attention", ("5",), "attention", "Attention", "Places"),
    Command("place.last", ("minus",), "last place", "back to the place before", "Places"),
    # What stands under the cursor.
    *PROJECT_COMMANDS,
    Command(
        "schedule.turn", ("e",), "on, off", "turn the schedule on or off", "This",
        _at(Place.AUTOMATION), Permission.SCHEDULE_WRITE, asks=True, footer=2,
    ),
    Command(
        "schedule.add", ("plus",), "add", "add a schedule", "This", _at(Place.AUTOMATION),
        Permission.SCHEDULE_WRITE, asks=True, footer=3,
    ),
    Command(
        "schedule.counts", ("enter", "l", "right"), "counts", "how its template went, by day",
        "This", _at(Place.AUTOMATION), Permission.PROJECT_READ, footer=4,
    ),
    Command(
        "automation.next", ("tab",), "next part", "schedules, variables, counts in turn", "This",
        _at(Place.AUTOMATION), footer=1,
    ),
    Command(
        "automation.previous", ("shift+tab",), "part before", "the part before", "This",
        _at(Place.AUTOMATION),
    ),
    Command(
        "project.files", ("f",), "files", "look into its repository", "This",
        _at(Place.PROJECTS), Permission.PROJECT_READ, footer=3,
    ),
    *REPOSITORY_COMMANDS,
    Command(
        "run.open", ("enter", "l", "right"), "output", "live output", "This", _at(Place.RUNS),
        Permission.RUN_READ, footer=1,
    ),
    Command(
        "attention.open", ("enter", "l", "right"), "go there", "where it is dealt with", "This",
        _at(Place.ATTENTION), footer=1,
    ),
    Command(
        "attention.mute", ("m",), "mute", "hear no more of it until it changes; or again", "This",
        _at(Place.ATTENTION), Permission.ATTENTION_MUTE, footer=4,
    ),
    Command(
        "attention.muted", ("M",), "muted", "show what is muted, or not", "This",
        _at(Place.ATTENTION),
    ),
    Command(
        "run.rerun", ("r",), "rerun", "rerun with the same answers", "This", _WITH_RUN,
        Permission.RUN_START, asks=True, footer=3,
    ),
    Command(
        "run.stop", ("x",), "stop", "stop", "This", _WITH_RUN, Permission.RUN_STOP, asks=True,
        footer=4,
    ),
    Command("run.confirm", ("A",), "confirm", "let it go on, where it waits for that", "This",
            _WITH_RUN, Permission.RUN_CONFIRM, asks=True),
    Command("run.reject", ("X",), "reject", "end it, where it waits to go on", "This", _WITH_RUN,
            Permission.RUN_CONFIRM, asks=True),
    Command(
        "run.answer", ("a",), "answer", "type what it asks for", "This", _WITH_RUN,
        Permission.RUN_ANSWER, footer=5,
    ),
    Command(
        "run.older", ("O",), "older", "read older runs that servers have", "This",
        _at(Place.RUNS), Permission.RUN_LIST,
    ),
    Command("run.made", ("u",), "made", "what it left among the artifacts", "This", _WITH_RUN,
            Permission.ARTIFACT_READ),
    Command(
        "lab.open", ("enter", "l", "right"), "nodes", "nodes, links and steps", "This",
        _at(Place.LABS), Permission.LAB_READ, footer=1,
    ),
    Command(
        "lab.start", ("s",), "start", "start, with its card", "This", _WITH_LAB,
        Permission.LAB_START, asks=True, footer=3,
    ),
    Command(
        "lab.stop", ("x",), "stop", "stop, with its card", "This", _WITH_LAB,
        Permission.LAB_STOP, asks=True, footer=4,
    ),
    Command(
        "lab.act", ("a",), "act", "save, lock, console, collect …, or answer its run", "This",
        _WITH_LAB, Permission.LAB_READ, asks=True, footer=4,
    ),
    Command(
        "lab.run", ("u",), "its run", "the run that builds, built or names it", "This", _WITH_LAB,
        footer=5,
    ),
    Command(
        "lab.destroy", ("D",), "destroy", "stop it and remove what was made for it", "This",
        _WITH_LAB, Permission.RUN_START, asks=True, footer=6,
    ),
    Command("lab.wipe", ("W",), "wipe", "let its nodes forget what they keep", "This", _WITH_LAB,
            Permission.LAB_WIPE, asks=True),
    Command("lab.running", ("r",), "running", "only labs that do not rest, or all", "Table",
            _at(Place.LABS)),
    Command("lab.mine", ("m",), "mine", "only one's own labs, or everybody's", "Table",
            _at(Place.LABS)),
    Command("lab.servers", ("S",), "servers", "what runs labs, and how its machines are", "This",
            _at(Place.LABS), Permission.LAB_LIST, footer=6),
    Command(
        "lab.choose", ("enter", "l", "right"), "look", "a node's links, or a run", "This",
        _at(Place.LAB),
    ),
    Command(
        "lab.next", ("tab",), "next part", "nodes, links, steps, runs and output in turn", "This",
        _at(Place.LAB), footer=1,
    ),
    Command("lab.previous", ("shift+tab",), "part before", "the part before", "This",
            _at(Place.LAB)),
    Command(
        "artifact.open", ("enter", "l", "right"), "open", "into the folder, or read it", "This",
        _at(Place.ARTIFACTS), footer=1,
    ),
    Command(
        "artifact.preview", ("p",), "preview", "show what is in it, or the list alone", "This",
        _at(Place.ARTIFACTS), footer=3,
    ),
    Command(
        "artifact.compare", ("equals_sign",), "compare", "compare two, or with another run",
        "This", _at(Place.ARTIFACTS), footer=4,
    ),
    Command(
        "artifact.run", ("u",), "the run", "the run that made it, where it names it", "This",
        _at(Place.ARTIFACTS, Place.ARTIFACT_LOG), Permission.RUN_READ, footer=4,
    ),
    Command(
        "artifact.save", ("S",), "save", "save it where one stands", "This", _at(Place.ARTIFACTS),
        Permission.ARTIFACT_READ, footer=4,
    ),
    Command("artifact.save_to", ("w",), "save to", "save it in a place of your choice", "This",
            _at(Place.ARTIFACTS), Permission.ARTIFACT_READ),
    Command("artifact.find", ("f",), "find", "find below here, however deep", "This",
            _at(Place.ARTIFACTS), footer=2),
    Command("artifact.log", ("e",), "as a log", "read all of it, as a log", "This",
            _at(Place.ARTIFACTS), Permission.ARTIFACT_READ),
    Command("artifact.care", ("A",), "look after", "verify, totals, what goes by age and size",
            "This", _at(Place.ARTIFACTS)),
    Command("artifact.put", ("a",), "add", "store a file of this machine here", "This",
            _at(Place.ARTIFACTS)),
    Command("artifact.copy", ("c",), "copy", "copy it, here or to another store", "This",
            _at(Place.ARTIFACTS), Permission.ARTIFACT_READ),
    Command("artifact.move", ("m",), "move", "move it, here or to another store", "This",
            _at(Place.ARTIFACTS), Permission.ARTIFACT_DELETE),
    Command("artifact.transfers", ("t",), "transfers", "what is carried now, and was", "This",
            _at(Place.ARTIFACTS)),
    Command("artifact.store", ("s",), "store", "look at the next store", "This",
            _at(Place.ARTIFACTS)),
    Command(
        "artifact.up", ("h", "left", "backspace"), "up", "one folder up", "This",
        _at(Place.ARTIFACTS), footer=8,
    ),
    Command(
        "artifact.delete", ("D",), "delete", "delete it for good", "This", _at(Place.ARTIFACTS),
        Permission.ARTIFACT_DELETE, asks=True, footer=8,
    ),
    Command("thing.yank", ("y",), "yank", "copy id, path, command …", "This", ANYWHERE, footer=7),
    Command("thing.details", ("d",), "details", "all that is known of it", "This"),
    Command("thing.browse", ("o",), "browser", "its page in the browser", "This"),
    # The first page.
    Command(
        "welcome.sample", ("enter",), "sample", "make a sample project", "Begin",
        _at(Place.WELCOME), Permission.PROJECT_CREATE, footer=1,
    ),
    Command(
        "welcome.folder", ("f",), "folder", "use another folder", "Begin", _at(Place.WELCOME),
        Permission.CONFIG_WRITE, footer=2,
    ),
    Command(
        "welcome.config", ("e",), "write config", "write a configuration to fill in", "Begin",
        _at(Place.WELCOME), Permission.CONFIG_WRITE, footer=3,
    ),
    Command(
        "connection.connect", ("c",), "connect", "connect to a server", "Begin",
        _at(Place.WELCOME, Place.ATTENTION), Permission.CONFIG_WRITE, footer=6,
    ),
    # Launching.
    Command("launch.deck", ("L",), "launch", "launch deck", "Launch", footer=2),
    Command("launch.again", ("full_stop",), "same again", "launch the last one again", "Launch",
            footer=6),
    *OUTPUT_COMMANDS,
    # Tables.
    Command("table.filter", ("slash",), "filter", "look for rows", "Table", TABLES, footer=5),
    Command("table.next", ("n",), "next hit", "next row that was looked for", "Table", TABLES),
    Command("table.previous", ("N",), "hit before", "previous row that was looked for", "Table",
            TABLES),
    Command("table.sort", ("comma",), "sort", "sort by a column", "Table", TABLES),
    Command("table.mark", ("space",), "mark", "mark, and go on", "Table", TABLES),
    Command("table.range", ("v",), "range", "mark from here; again, to here", "Table", TABLES),
    Command("table.all", ("asterisk",), "all", "mark all that are found", "Table", TABLES),
    Command("view.open", ("V",), "views", "look at it by a view", "Table", TABLES),
    Command("view.save", ("b",), "keep view", "keep filter and order as a view", "Table", TABLES),
    # Moving.
    Command("move.down", ("j", "down"), "down", "down", "Move", _LIST),
    Command("move.up", ("k", "up"), "up", "up", "Move", _LIST),
    Command("move.page_down", ("pagedown",), "page down", "page down", "Move", _LIST),
    Command("move.page_up", ("pageup",), "page up", "page up", "Move", _LIST),
    Command("move.half_down", ("ctrl+d",), "half down", "half a page down", "Move", _LIST),
    Command("move.half_up", ("ctrl+u",), "half up", "half a page up", "Move", _LIST),
    Command("move.top", ("g", "home"), "top", "first", "Move", _LIST),
    Command("move.end", ("G", "end"), "end", "last", "Move", _LIST),
    # The look, by name only.
    Command("look.dark", (), "dark", "theme: dark", "Look", ANYWHERE),
    Command("look.light", (), "light", "theme: light", "Look", ANYWHERE),
    Command("look.contrast", (), "contrast", "theme: high contrast", "Look", ANYWHERE),
    Command("look.mono", (), "mono", "theme: no colours", "Look", ANYWHERE),
    # The program.
    Command("app.help", ("question_mark", "f1"), "keys", "this page", "Program", ANYWHERE),
    Command("app.command", ("colon",), "command", "command line", "Program"),
    Command("app.palette", ("ctrl+p",), "palette", "palette", "Program"),
    Command("app.log", ("at",), "commands", "commands that were sent", "Program"),
    Command("app.refresh", ("R",), "refresh", "look again", "Program", ANYWHERE, footer=9),
    Command("app.back", ("q", "escape"), "back", "back one level", "Program"),
    Command("files.quit", ("q",), "quit", "quit", "Program", _at(Place.FILES), footer=1),
    Command("app.quit", ("ctrl+q",), "quit", "quit; runs go on", "Program", ANYWHERE),
)  # fmt: skip

BY_ID = {command.id: command for command in COMMANDS}

KEY_NAMES = {
    "full_stop": ".", "backslash": "\\", "question_mark": "?", "f1": "F1", "pagedown": "pgdn",
    "pageup": "pgup", "escape": "esc", "colon": ":", "at": "@", "slash": "/", "comma": ",",
    "asterisk": "*", "minus": "-", "equals_sign": "=",
    "ampersand": "&", "plus": "+", "underscore": "_", "apostrophe": "'",
    "quotation_mark": '"', "left_square_bracket": "[", "right_square_bracket": "]",
}  # fmt: skip
"""How keys are written where Textual's name is not what is on the key."""


def key_name(key: str) -> str:
    """Return a key as people write it."""
    return KEY_NAMES.get(key, key)


def commands_of(place: Place) -> list[Command]:
    """Return the commands of a place, in the registry's order."""
    return [command for command in COMMANDS if command.is_in(place)]


def conflicts() -> list[tuple[Place, str, str, str]]:
    """Return (place, key, command, command) for every key that means two things in one place."""
    found = []
    for place in Place:
        owner: dict[str, str] = {}
        for command in commands_of(place):
            for key in command.keys:
                if key in owner:
                    found.append((place, key, owner[key], command.id))
                owner[key] = command.id
    return found
