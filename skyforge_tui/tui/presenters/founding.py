"""What is asked about a project to be made, what the answers mean, and the command they equal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.template import FieldKind, SurveyField
from skyforge_tui.services.making import Wish
from skyforge_tui.tui.presenters.headless import Other

NAME, ABOUT, VISIBILITY, HOST = "name", "description", "visibility", "host"
ENGINE, LABS, BLUEPRINT, ARTIFACTS = "run engine", "lab servers", "blueprint", "artifacts"
AS_IT_IS = "as it is"
_NAME = re.compile(r"([\w.-]+/)?[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Places:
    """What can be chosen from, by name."""

    hosts: Sequence[str]
    engines: Sequence[str]
    labs: Sequence[str]


def new_fields(places: Places) -> tuple[SurveyField, ...]:
    """Return what is asked about a project that is yet to be made."""
    one_of = FieldKind.ENUM
    return (
        SurveyField(
            NAME, required=True, description="of the repository; OWNER/NAME for an organisation's"
        ),
        SurveyField(ABOUT, description="what it is about, in a line"),
        SurveyField(
            VISIBILITY, one_of, "private", required=True, choices=("private", "public"),
            description="public: everybody who is signed in there may look",
        ),
        SurveyField(
            HOST, one_of, places.hosts[0], required=True, choices=tuple(places.hosts),
            description="where its repository is kept",
        ),
        *_common(places),
    )  # fmt: skip


def adoption_fields(places: Places, project: Project) -> tuple[SurveyField, ...]:
    """Return what is asked about a repository that gets a manifest."""
    return (
        SurveyField(NAME, default=project.name, required=True, description="what people call it"),
        SurveyField(
            ABOUT, default=project.description, description="what it is about, in a line"
        ),
        SurveyField(
            VISIBILITY, FieldKind.ENUM, AS_IT_IS, required=True,
            choices=(AS_IT_IS, "private", "public"),
            description="public: everybody who is signed in there may look",
        ),
        *_common(places),
    )  # fmt: skip


def _common(places: Places) -> tuple[SurveyField, ...]:
    labs = ", ".join(places.labs)
    known = f"any of {labs}; several with commas" if labs else "none is known here"
    return (
        SurveyField(
            ENGINE, FieldKind.ENUM, choices=tuple(places.engines),
            description="on which its runs run; none if it runs nowhere but here",
        ),
        SurveyField(LABS, description=f"where its labs run: {known}"),
        SurveyField(BLUEPRINT, description="whose files it has: OWNER/NAME, or OWNER/NAME/FOLDER"),
        SurveyField(ARTIFACTS, description="prefix below which what its runs leave is kept"),
    )  # fmt: skip


def wish_of(answers: Mapping[str, str]) -> Wish:
    """Return the project that the answers describe."""
    full_name = answers[NAME].strip().strip("/")
    return Wish(answers[HOST], full_name, _manifest(full_name.rpartition("/")[2], answers))


def adopted_manifest(answers: Mapping[str, str]) -> ProjectManifest:
    """Return the manifest that the answers about a repository describe."""
    return _manifest(answers[NAME].strip(), answers)


def _manifest(name: str, answers: Mapping[str, str]) -> ProjectManifest:
    visibility = answers[VISIBILITY]
    labs = (one.strip() for one in answers[LABS].split(","))
    return ProjectManifest(
        name,
        answers[ABOUT].strip(),
        None if visibility == AS_IT_IS else visibility == "public",
        Members(),
        answers[ENGINE],
        tuple(dict.fromkeys(filter(None, labs))),
        answers[BLUEPRINT].strip(),
        answers[ARTIFACTS].strip().strip("/"),
    )


def mistake(answers: Mapping[str, str], places: Places) -> str:
    """Say why the answers cannot be meant: a name, or a lab server; empty where they can."""
    if HOST in answers:
        wish = wish_of(answers)
        if not _NAME.fullmatch(wish.full_name):
            return f"{wish.full_name} can be no name: letters, digits, - _ and . make one"
    manifest = adopted_manifest(answers)
    unknown = [one for one in manifest.lab_servers if one not in places.labs]
    if not unknown:
        return ""
    known = ", ".join(places.labs) or "none"
    return f"no lab server is called {', '.join(unknown)} here; there are: {known}"


def create_act(wish: Wish) -> Other:
    """Return the command that makes the same project."""
    return Other(("projects", "create", wish.full_name, "--on", wish.host, *_words(wish.manifest)))


def adopt_act(project: Project, manifest: ProjectManifest) -> Other:
    """Return the command that adopts the same repository."""
    title = () if manifest.name == project.name else ("--title", manifest.name)
    return Other(("projects", "adopt", project.slug, *title, *_words(manifest)))


def delete_act(project: Project) -> Other:
    """Return the command that deletes the same project."""
    return Other(("projects", "rm", project.slug, "--confirm", project.slug))


def _words(manifest: ProjectManifest) -> tuple[str, ...]:
    options = {
        "--description": manifest.description, "--engine": manifest.engine,
        "--blueprint": manifest.blueprint, "--artifacts": manifest.artifacts,
    }  # fmt: skip
    words = [word for name, text in options.items() if text for word in (name, text)]
    words += [word for one in manifest.lab_servers for word in ("--lab-server", one)]
    if manifest.is_public is not None:
        words.append("--public" if manifest.is_public else "--private")
    return tuple(words)
