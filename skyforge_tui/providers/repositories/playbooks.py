"""Ansible playbooks as templates: where they start, what they ask, which options they take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from skyforge_tui.domain.template import FieldKind, Source, SurveyField, Template, TemplateKind
from skyforge_tui.integrations.ansible import layout
from skyforge_tui.integrations.ansible.playbook import Playbook, Prompt
from skyforge_tui.integrations.regular_file import UnreadableFileError
from skyforge_tui.providers.repositories.reading import Reading, one_line, source_of

_TAGS_SHOWN = 12
_LONGEST_TAG = 40


@dataclass(slots=True)
class Configurations:
    """The `ansible.cfg` of each folder of a project, read once."""

    root: Path
    _known: dict[Path, layout.Configuration | UnreadableFileError | None] = field(
        default_factory=dict
    )

    def at(self, directory: Path) -> layout.Configuration | None:
        """Return what Ansible would take when started in `directory`.

        Raises:
            UnreadableFileError: there is one, and it is not read.
        """
        if directory not in self._known:
            try:
                self._known[directory] = layout.configuration(directory, self.root)
            except UnreadableFileError as error:
                self._known[directory] = error
        found = self._known[directory]
        if isinstance(found, UnreadableFileError):
            raise found
        return found

    def sources(self, declaring: Source, directory: Path) -> tuple[Source, ...]:
        """Return the declaring source and the configuration that goes with it.

        Raises:
            UnreadableFileError: as `at`.
        """
        config = self.at(directory)
        return (declaring,) if config is None else (declaring, source_of(config.path, config.data))


def playbook_template(
    reading: Reading, configurations: Configurations, name: str, playbook: Playbook, data: bytes
) -> Template:
    """Return the template of the playbook `name`, a path relative to the project.

    Raises:
        UnreadableFileError: the configuration it would obey is not read.
    """
    path, root = PurePosixPath(name), reading.root
    directory = layout.working_directory(root, path)
    config = configurations.at(directory)
    relative = PurePosixPath((root / path).relative_to(directory))
    inventory = None
    if config is None or not config.names_inventory:
        inventory = layout.inventory(directory, relative)
    word = f"./{relative}" if str(relative).startswith("-") else str(relative)
    return Template(
        reading.template_id(name),
        reading.project_id,
        reading.take_name(name, TemplateKind.PLAYBOOK),
        TemplateKind.PLAYBOOK,
        ("ansible-playbook", *(("-i", inventory) if inventory else ()), word),
        str(directory),
        one_line(playbook.name),
        terminal=playbook.asks_itself,
        survey=(
            *map(_question, playbook.prompts),
            *_options({one.name for one in playbook.prompts}, playbook.tags),
        ),
        sources=configurations.sources(source_of(root / path, data), directory),
    )


def _question(prompt: Prompt) -> SurveyField:
    return SurveyField(
        prompt.name,
        FieldKind.SECRET if prompt.is_private else FieldKind.STRING,
        prompt.default,
        description=one_line(prompt.text),
    )


def _options(taken: Collection[str], tags: tuple[str, ...]) -> tuple[SurveyField, ...]:
    """Return the options every playbook takes, under names its own questions leave free."""
    seen = _tags_line(tags)

    def free(name: str) -> str:
        while name in taken:
            name = f"ansible_{name}"
        return name

    def text(name: str, option: str, description: str) -> SurveyField:
        return SurveyField(free(name), description=description, option=option)

    def flag(name: str, description: str) -> SurveyField:
        return SurveyField(
            free(name), FieldKind.BOOL, "false", description=description, option=f"--{name}"
        )

    return (
        text("limit", "--limit", "only these hosts and groups"),
        text("tags", "--tags", f"only tasks with these tags{seen}"),
        text("skip_tags", "--skip-tags", f"no tasks with these tags{seen}"),
        flag("check", "change nothing, say what would change"),
        flag("diff", "show what changes in files"),
    )


def _tags_line(tags: tuple[str, ...]) -> str:
    """Return `: a, b and 3 more` for the tags that were seen."""
    if not tags:
        return ""
    shown = [one_line(tag)[:_LONGEST_TAG] for tag in tags[:_TAGS_SHOWN]]
    more = f" and {len(tags) - len(shown)} more" if len(tags) > len(shown) else ""
    return f": {', '.join(shown)}{more}"
