"""A project's manifest is read key by key, and written with everything else left alone."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project_manifest import (
    MAX_BYTES,
    DeclaredDeployment,
    DeclaredPlay,
    ProjectManifest,
)
from skyforge_tui.integrations.project_toml import read_project, written

WHOLE = b"""# The north site.
[project]
name = "Edge fabric"            # as people call it
description = "Spine and leaf"
visibility = "public"
engine = "semaphore"
lab_servers = ["eve", "hall"]
blueprint = "blueprints/fabric"
artifacts = "edge-fabric/"

[members]
owners = ["mara"]
editors = ["ines"]

[[templates]]
name = "Deploy"
playbook = "deploy.yml"

[variables]
SITE = "north"

[deployments.north]
template = "Deploy"
destroy = "Tear down"
answers = { site = "north", rounds = 3, check = true }
"""
NO_VALUE = 'this is not a value; text needs quotes, as in name = "text"'


def mistakes_of(text: str) -> list[tuple[int, str]]:
    """Return what is wrong in a manifest."""
    return [(one.line, one.message) for one in read_project(text.encode()).mistakes]


def test_everything_is_read() -> None:
    """A manifest tells of people, engine, lab servers, templates and variables."""
    reading = read_project(WHOLE)
    assert reading.mistakes == ()
    assert reading.manifest == ProjectManifest(
        "Edge fabric", "Spine and leaf", True,
        Members(owners=frozenset({"mara"}), editors=frozenset({"ines"})),
        "semaphore", ("eve", "hall"), "blueprints/fabric", "edge-fabric",
        (DeclaredPlay("Deploy", "deploy.yml"),), (("SITE", "north"),),
        (
            DeclaredDeployment(
                "north", "Deploy", (("site", "north"), ("rounds", "3"), ("check", "true")),
                "Tear down",
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[project]\nvisibility = "pubic"', [(2, 'project: no visibility "pubic"')]),
        ('[project]\nnme = "x"', [(2, 'project: unknown key "nme"')]),
        ('[project]\nartifacts = "../x"', [(2, 'project: "../x" is no prefix')]),
        ('[variables]\n"A B" = "x"', [(2, 'variables: "A B" is no name for a variable')]),
        ('[[templates]]\nname = "x"\nplaybook = "/etc/x"',
         [(3, 'template 1: "/etc/x" lies outside of the repository')]),
        ("[project]\nname = x", [(2, NO_VALUE)]),
        ('[deployments.A]\ntemplate = "x"',
         [(1, 'deployment "A": "A" is no name for a deployment')]),
        ("[deployments.a]", [(1, 'deployment "a": template is missing')]),
        ('[deployments.a]\ntemplate = "x"\ntopology = "y"',
         [(3, 'deployment "a": unknown key "topology"')]),
        ('[deployments.a]\ntemplate = "x"\nanswers = { b = [1] }',
         [(3, 'answers of "a": b must be text, not a list of something else')]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, wrong: list[tuple[int, str]]) -> None:
    """A mistake names its line, and does not hide the rest."""
    assert [one for one in mistakes_of(text) if one in wrong] == wrong


@pytest.mark.parametrize(
    "text",
    [
        '[members]\nowner = ["mara"]',
        '[members]\nowners = ["mara"]\nviewers = ["Mara"]',
        '[members]\nowners = ["ma ra"]',
        '[members]\nowners = "mara"',
    ],
)
def test_members_count_as_a_whole_or_not_at_all(text: str) -> None:
    """One wrong line among the members lets nobody in or out by the other lines."""
    reading = read_project(text.encode())
    assert reading.manifest is not None
    assert reading.manifest.members == Members()
    assert reading.mistakes[-1].message == "members count only when every line of them is right"


@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * (MAX_BYTES + 1), b"[[[", b"= 1"])
def test_what_cannot_be_read_is_no_manifest(data: bytes) -> None:
    """Bytes that are no TOML are a mistake, and nothing is taken from them."""
    reading = read_project(data)
    assert reading.manifest is None
    assert reading.mistakes


NAMES = st.frozensets(st.sampled_from([f"user{n}" for n in range(9)]), max_size=3)


@given(NAMES, NAMES, NAMES, st.sampled_from([None, True, False]), st.sampled_from(["", "Über"]))
def test_what_is_written_is_read_again(
    owners: frozenset[str],
    editors: frozenset[str],
    viewers: frozenset[str],
    is_public: bool | None,
    description: str,
) -> None:
    """Whatever members and visibility are written into a manifest stand in it afterwards."""
    members = Members(owners, editors - owners, viewers - owners - editors)
    wanted = ProjectManifest("Edge", description, is_public, members)
    for before in (b"", WHOLE):
        reading = read_project(written(before, wanted))
        assert reading.mistakes == ()
        told = reading.manifest
        assert told is not None
        assert (told.members, told.is_public, told.description) == (members, is_public, description)


def test_comments_and_unknown_keys_survive() -> None:
    """Writing changes what differs; comments, templates and keys of others stay."""
    before = WHOLE + b'\n[theirs]\nkept = "yes"\n'
    manifest = read_project(before).manifest
    assert manifest is not None
    demoted = ProjectManifest(
        **{
            **{name: getattr(manifest, name) for name in manifest.__dataclass_fields__},
            "members": manifest.members.with_role("ines", Role.VIEWER),
        }
    )
    after = written(before, demoted)
    assert b"# The north site." in after
    assert b"# as people call it" in after
    document = tomllib.loads(after.decode())
    assert document["theirs"] == {"kept": "yes"}
    assert document["templates"] == [{"name": "Deploy", "playbook": "deploy.yml"}]
    assert document["members"]["viewers"] == ["ines"]
    assert written(after, demoted) == after
