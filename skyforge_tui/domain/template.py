"""A template: something that can be launched, and the questions it asks first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import ProjectId, TemplateId


class TemplateKind(StrEnum):
    """What a template starts."""

    PLAYBOOK = "playbook"
    COMMAND = "command"
    NETLAB = "netlab"
    CONTAINERLAB = "containerlab"
    TERRAFORM = "terraform"
    MAKE = "make"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> TemplateKind:  # noqa: ARG003
        return cls.UNKNOWN


class FieldKind(StrEnum):
    """What a survey field takes."""

    STRING = "string"
    INT = "int"
    ENUM = "enum"
    SECRET = "secret"
    BOOL = "bool"


@dataclass(frozen=True, slots=True)
class SurveyField:
    """One question asked before a launch."""

    name: str
    kind: FieldKind = FieldKind.STRING
    default: str = ""
    """As text; booleans are `true` or `false`."""
    required: bool = False
    choices: tuple[str, ...] = ()
    """For an enum, at least one."""
    description: str = ""
    option: str = ""
    """Of a playbook's question: the option of Ansible that takes the answer (`--limit`), which
    otherwise becomes an extra variable. Of a boolean it is given or not."""

    def checked(self, answer: str) -> str:
        """Return `answer` in its normal form.

        Raises:
            Invalid: it is missing although required, or of the wrong kind.
        """
        if answer == "" and not (self.kind is FieldKind.STRING and not self.required):
            if self.required:
                # A secret said on a command line would be seen by everybody on this machine.
                value = "env:NAME" if self.kind is FieldKind.SECRET else "VALUE"
                raise Invalid(f"{self.name} is required", advice=f"give -v {self.name}={value}")
            return ""
        match self.kind:
            case FieldKind.INT:
                try:
                    return str(int(answer, 10))
                except ValueError:
                    raise Invalid(f"{self.name} takes a whole number, not {answer!r}") from None
            case FieldKind.BOOL:
                word = answer.strip().lower()
                if word in _TRUE:
                    return "true"
                if word in _FALSE:
                    return "false"
                raise Invalid(f"{self.name} takes yes or no, not {answer!r}")
            case FieldKind.ENUM:
                if answer not in self.choices:
                    raise Invalid(f"{self.name} takes one of {', '.join(self.choices)}")
                return answer
            case FieldKind.STRING | FieldKind.SECRET:
                if "\x00" in answer:
                    raise Invalid(f"{self.name} holds a NUL character")
                return answer


_TRUE = frozenset({"1", "true", "yes", "on", "y"})
_FALSE = frozenset({"0", "false", "no", "off", "n"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file a template was read from, and the SHA-256 of the bytes that were read."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LabOutline:
    """What a topology tells of the lab that is made from it, before anything was made."""

    name: str = ""
    """Empty where it leaves that to whoever makes the lab."""
    nodes: tuple[str, ...] = ()
    """What its nodes are called."""
    provider: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Something that can be launched in a project."""

    id: TemplateId
    project_id: ProjectId
    name: str
    """Unique in its project."""
    kind: TemplateKind
    command: tuple[str, ...]
    """The argument vector; `{name}` stands for the answer to the field `name`, and of a declared
    command `{{` for a brace. What answers add to other kinds is decided when the launch is built:
    there the first word is the program, and the last the file, or the target."""
    directory: str
    """The absolute working directory."""
    description: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    terminal: bool = False
    """Whether standard input is the run's terminal, so that it may ask questions; of some kinds
    the answers decide, see `Launch`."""
    survey: tuple[SurveyField, ...] = ()
    artifacts: tuple[str, ...] = ()
    """Globs, relative to the working directory, of what a run leaves behind."""
    hotkey: str = ""
    """A suggestion only; nothing binds it."""
    sources: tuple[Source, ...] = ()
    """The files whose content must be trusted before this runs; the first is the declaring one."""
    lab: LabOutline | None = None
    """What it makes, if it is a topology."""
    is_trusted: bool = False
    is_hosted: bool = False
    """Whether a server keeps it and runs it there: nothing of it runs here, so nothing needs to be
    trusted here. Then it has no directory and no sources."""
    run_count: int = 0
    """How many runs of it its server has, when it was last read."""
    facts: tuple[tuple[str, str], ...] = ()
    """What else its server says of it, as label and words, such as `inventory`."""

    def checked_answers(self, answers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Split `answers` into (plain, secret), normalised, with defaults filled in.

        Raises:
            Invalid: an answer is missing, of the wrong kind, or to no question of the survey.
        """
        names = {one.name for one in self.survey}
        for name in answers:
            if name not in names:
                known = ", ".join(sorted(names)) or "none"
                raise Invalid(
                    f"{self.name} asks no question named {name!r}", advice=f"it asks: {known}"
                )
        plain: dict[str, str] = {}
        secret: dict[str, str] = {}
        for one in self.survey:
            value = one.checked(answers.get(one.name, one.default))
            if one.kind is FieldKind.SECRET:
                secret[one.name] = value
            else:
                plain[one.name] = value
        return plain, secret


def trusted_along(some: Sequence[Template], among: Iterable[Template]) -> tuple[Template, ...]:
    """Return what else of `among` would be trusted once all files of `some` are."""
    among = tuple(among)
    ids = {one.id for one in some}
    fine = {each for one in (*some, *(one for one in among if one.is_trusted))
            for each in one.sources}  # fmt: skip
    return tuple(
        one
        for one in among
        if one.sources and not one.is_trusted and one.id not in ids and fine.issuperset(one.sources)
    )
