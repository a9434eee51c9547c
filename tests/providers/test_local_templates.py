"""What can be launched in a project of this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.project import ProjectKind
from skyforge_tui.domain.template import FieldKind, Source, SurveyField, Template, TemplateKind
from skyforge_tui.integrations import git as git_client
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.ports.project_host import ProjectContent
from skyforge_tui.providers.repositories import listing, reading, templates
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from tests.worktrees import a_repository, git, write

PLAYBOOK = "- hosts: all\n"


async def _read(root: Path) -> ProjectContent:
    host = LocalRepositoryHost([root], "ada")
    (project,) = (await host.list_projects()).projects
    return await host.read_project(project)


async def _templates(root: Path) -> dict[str, Template]:
    return {one.name: one for one in (await _read(root)).templates}


def _questions(template: Template) -> list[SurveyField]:
    return [one for one in template.survey if not one.option]


def _titles(content: ProjectContent) -> list[str]:
    return [notice.title for notice in content.project.notices]


@pytest.fixture(params=["git", "folder"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a project, once kept in git and once not."""
    folder = tmp_path / "project"
    if request.param == "git":
        return a_repository(folder)
    folder.mkdir()
    return folder


async def test_playbooks_are_found_where_they_can_be(root: Path) -> None:
    """Roles, collections, variables, hidden folders and other people's code hold none."""
    write(root, dict.fromkeys(["site.yml", "a b/deep/x.yaml"], PLAYBOOK))
    write(
        root,
        dict.fromkeys(
            (
                *("roles/r/tests/t.yml", "collections/x/y.yml", "group_vars/g.yml"),
                *("host_vars/h.yml", ".github/w.yml", ".hidden.yml", "node_modules/m/n.yml"),
                *("venv/v.yml", "notes.txt"),
            ),
            PLAYBOOK,
        ),
    )
    write(root, {"tasks.yml": "- name: x\n  debug:\n", "inventory.yml": "all:\n  hosts:\n    a:\n"})
    assert list(await _templates(root)) == ["a b/deep/x.yaml", "site.yml"]


async def test_a_playbook_runs_from_the_top_of_the_project(root: Path) -> None:
    """Without configuration Ansible starts at the top, with the inventory found there."""
    write(root, {"playbooks/site.yml": "- hosts: all\n  name: Do it\n", "hosts.yml": "all:\n"})
    one = (await _templates(root))["playbooks/site.yml"]
    assert one.command == ("ansible-playbook", "-i", "hosts.yml", "playbooks/site.yml")
    assert (one.directory, one.description, one.kind) == (
        str(root),
        "Do it",
        TemplateKind.PLAYBOOK,
    )
    data = (root / "playbooks/site.yml").read_bytes()
    assert one.sources == (
        Source(str(root / "playbooks/site.yml"), hashlib.sha256(data).hexdigest()),
    )


async def test_a_playbook_runs_beside_the_nearest_configuration(root: Path) -> None:
    """The nearest `ansible.cfg` decides the folder, and must be trusted too."""
    write(root, {"ansible.cfg": "", "lab/ansible.cfg": "[defaults]\ninventory = inv ; here\n"})
    write(root, {"lab/playbooks/site.yml": PLAYBOOK, "lab/hosts": "r1\n", "top.yml": PLAYBOOK})
    found = await _templates(root)
    site = found["lab/playbooks/site.yml"]
    assert (site.directory, site.command) == (
        str(root / "lab"),
        ("ansible-playbook", "playbooks/site.yml"),
    )
    assert [one.path for one in site.sources] == [
        str(root / "lab/playbooks/site.yml"),
        str(root / "lab/ansible.cfg"),
    ]
    assert [one.path for one in found["top.yml"].sources] == [
        str(root / "top.yml"),
        str(root / "ansible.cfg"),
    ]


@pytest.mark.parametrize(
    ("files", "inventory"),
    [
        ({"hosts": "x", "inventory/a": "x"}, "hosts"),
        ({"inventory/hosts": "x"}, "inventory"),
        ({"inventory.ini": "x"}, "inventory.ini"),
        ({"playbooks/hosts": "x"}, "playbooks/hosts"),
        ({"hosts/nothing": "x", "inventories/prod/hosts": "x"}, None),
        ({"ansible.cfg": "[ssh_connection]\npipelining = 1\n", "hosts": "x"}, "hosts"),
        ({"ansible.cfg": "[defaults]\ninventory = x\n", "hosts": "x"}, None),
        ({"ansible.cfg": "this is no configuration\n", "hosts": "x"}, None),
    ],
)
async def test_an_inventory_is_named_when_it_is_clear_which(
    root: Path, files: dict[str, str], inventory: str | None
) -> None:
    """A configured inventory is left to Ansible; a guess between several is not made."""
    write(root, files | {"playbooks/site.yml": PLAYBOOK})
    words = (await _templates(root))["playbooks/site.yml"].command
    assert words == (
        "ansible-playbook",
        *(("-i", inventory) if inventory else ()),
        "playbooks/site.yml",
    )


async def test_a_name_that_looks_like_an_option_stays_a_name(root: Path) -> None:
    """A file is never mistaken for an option of Ansible."""
    write(root, {"-e.yml": PLAYBOOK})
    assert (await _templates(root))["-e.yml"].command == ("ansible-playbook", "./-e.yml")


async def test_questions_of_a_playbook_are_its_survey(root: Path) -> None:
    """Private prompts are secrets; what only Ansible can ask needs a terminal."""
    prompts = (
        "  vars_prompt:\n    - {name: who, private: no, default: ada, prompt: 'Who\\tis it'}\n"
    )
    write(root, {"a.yml": PLAYBOOK + prompts + "    - name: pw\n"})
    write(root, {"b.yml": PLAYBOOK + prompts + "    - {name: pw, encrypt: sha512_crypt}\n"})
    found = await _templates(root)
    assert [(one.name, one.kind, one.default) for one in _questions(found["a.yml"])] == [
        ("who", FieldKind.STRING, "ada"),
        ("pw", FieldKind.SECRET, ""),
    ]
    assert not found["a.yml"].terminal
    assert [one.name for one in _questions(found["b.yml"])] == ["who"]
    assert found["b.yml"].terminal


async def test_declared_templates_come_first_and_keep_their_names(root: Path) -> None:
    """A playbook called like a declared template says that it is one."""
    declared = '[[templates]]\nname = "site.yml"\ncommand = ["make"]\nhotkey = "m"\n'
    write(root, {"skyforge.toml": declared, "site.yml": PLAYBOOK})
    content = await _read(root)
    assert [one.name for one in content.templates] == ["site.yml", "site.yml (playbook)"]
    make = content.templates[0]
    assert make.id == f"{content.project.id}#skyforge.toml:site.yml"
    assert (make.command, make.directory, make.hotkey) == (("make",), str(root), "m")
    assert [one.path for one in make.sources] == [str(root / "skyforge.toml")]


async def test_a_declared_command_that_starts_ansible_trusts_its_configuration_too(
    root: Path,
) -> None:
    """What Ansible obeys is content to be trusted."""
    declared = (
        '[[templates]]\nname = "a"\ncommand = ["/usr/bin/ansible-inventory"]\n'
        'working_directory = "lab"\n'
    )
    write(root, {"skyforge.toml": declared, "lab/ansible.cfg": "[defaults]\n"})
    one = (await _templates(root))["a"]
    assert [Path(source.path).name for source in one.sources] == ["skyforge.toml", "ansible.cfg"]


async def test_a_configuration_that_appears_later_changes_the_fingerprint(root: Path) -> None:
    """Ansible would obey it, so it must be trusted first."""
    write(root, {"site.yml": PLAYBOOK})
    host = LocalRepositoryHost([root], "ada")
    one = (await _templates(root))["site.yml"]
    assert await host.fingerprint(one) == one.sources
    write(root, {"ansible.cfg": "[defaults]\nlibrary = evil\n"})
    assert [Path(source.path).name for source in await host.fingerprint(one)] == [
        "site.yml",
        "ansible.cfg",
    ]
    (root / "site.yml").unlink()
    with pytest.raises(NotFound):
        await host.fingerprint(one)
    os.mkfifo(root / "site.yml")
    with pytest.raises(Unavailable):
        await host.fingerprint(one)


async def test_a_configuration_that_cannot_be_read_stops_what_would_obey_it(root: Path) -> None:
    """Content that cannot be seen cannot be trusted."""
    (root / "ansible.cfg").symlink_to("/etc/passwd")
    write(root, {"site.yml": PLAYBOOK})
    content = await _read(root)
    assert content.templates == ()
    assert any("outside" in title for title in _titles(content))


async def test_odd_files_are_told_and_hide_nothing(root: Path) -> None:
    """A giant, a pipe, a link outside, broken YAML and broken text each cost only themselves."""
    write(root, {"good.yml": PLAYBOOK, "data.yml": "x: y\n", "broken.yml": PLAYBOOK + "  x: [\n"})
    for name, head in {"huge.yml": PLAYBOOK, "huge-data.yml": "x: y\n"}.items():
        (root / name).write_text(head)
        os.truncate(root / name, 200 << 20)
    (root / "latin.yml").write_bytes(b"- hosts: all\n  name: gr\xfc\xdfe\n")
    (root / "link.yml").symlink_to("/etc/passwd")
    (root / "dangling.yml").symlink_to("nowhere")
    (root / "inside.yml").symlink_to("good.yml")
    content = await _read(root)
    assert [one.name for one in content.templates] == ["good.yml", "inside.yml"]
    titles = _titles(content)
    assert len(titles) == 4
    assert any(title.startswith("broken.yml: not valid YAML") for title in titles)
    assert "huge.yml: 200.0 MiB, only files up to 1 MiB are read as playbooks" in titles
    assert any(title.startswith("latin.yml: not valid YAML: not UTF-8") for title in titles)
    assert any(title.startswith("link.yml is a link to a place outside") for title in titles)


async def test_a_pipe_called_like_a_playbook_does_not_hang(tmp_path: Path) -> None:
    """Nobody writes into it, nobody waits for it."""
    os.mkfifo(tmp_path / "site.yml")
    write(tmp_path, {"good.yml": PLAYBOOK})
    content = await _read(tmp_path)
    assert _titles(content) == ["site.yml is not a regular file"]
    assert content.project.file_count == 1


async def test_a_loop_of_links_is_walked_once(tmp_path: Path) -> None:
    """Links to folders are not followed."""
    write(tmp_path, {"playbooks/site.yml": PLAYBOOK, "top.yml": PLAYBOOK})
    (tmp_path / "playbooks" / "up").symlink_to("..")
    (tmp_path / "loop.yml").symlink_to("loop.yml")
    content = await _read(tmp_path)
    assert [one.name for one in content.templates] == ["playbooks/site.yml", "top.yml"]
    assert _titles(content) == ["loop.yml is a link that leads to itself"]


async def test_a_name_that_is_not_utf8_is_left_out_and_said(root: Path) -> None:
    """What cannot be stored as text is named with a mark in its place."""
    try:
        (root / os.fsdecode(b"odd\xff.yml")).write_text(PLAYBOOK)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    write(root, {"good.yml": PLAYBOOK})
    content = await _read(root)
    assert [one.name for one in content.templates] == ["good.yml"]
    assert [one.path for one in content.project.files] == ["good.yml", "odd\ufffd.yml"]
    assert any("UTF-8" in title for title in _titles(content))


async def test_a_repository_of_fifty_thousand_files_is_read(tmp_path: Path) -> None:
    """All files are counted, the first two hundred shown, the playbook among them found."""
    root = a_repository(tmp_path / "large")
    for number in range(500):
        folder = root / f"d{number:03}"
        folder.mkdir()
        for part in range(100):
            name = f"{folder}/f{part:02}.{'yml' if part % 2 else 'txt'}"
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
    write(root, {"zz/site.yml": PLAYBOOK})
    content = await _read(root)
    assert content.project.file_count == 50_001
    assert len(content.project.files) == 200
    assert content.project.files[0].path == "d000/f00.txt"
    assert [one.name for one in content.templates] == ["zz/site.yml"]
    assert content.project.notices == ()


async def test_a_plain_folder_is_looked_at_so_far_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cap is told, never silent."""
    monkeypatch.setattr(listing, "MAX_ENTRIES", 50)
    write(tmp_path, {f"f{number}": "" for number in range(60)})
    content = await _read(tmp_path)
    assert content.project.file_count == 50
    assert any("only the first" in title for title in _titles(content))


async def test_more_playbooks_than_are_shown_are_said(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of templates is bounded and says where it stopped."""
    monkeypatch.setattr(templates, "MAX_PLAYBOOKS", 3)
    write(root, {f"p{number}.yml": PLAYBOOK for number in range(5)})
    content = await _read(root)
    assert len(content.templates) == 3
    assert any("stopped before p3.yml" in title for title in _titles(content))


async def test_more_notices_than_anybody_reads_are_counted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand broken files are a few notices and a number."""
    monkeypatch.setattr(reading, "MAX_NOTICES", 2)
    write(root, {f"p{number}.yml": PLAYBOOK + "  x: [\n" for number in range(5)})
    assert _titles(await _read(root))[-1] == "3 more files were not read"


async def test_deleted_files_and_submodules_are_no_files(tmp_path: Path) -> None:
    """What git tracks but the disk has not, and other repositories inside, do not count."""
    part = a_repository(tmp_path / "part", {"site.yml": PLAYBOOK})
    root = a_repository(tmp_path / "whole", {"a.yml": PLAYBOOK, "b.yml": PLAYBOOK})
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "sub")
    (root / "b.yml").unlink()
    content = await _read(root)
    assert [one.path for one in content.project.files] == [".gitmodules", "a.yml"]
    assert content.project.file_count == 2


async def test_ignored_playbooks_are_not_shown(tmp_path: Path) -> None:
    """What git ignores is not part of the project."""
    root = a_repository(tmp_path / "r", {".gitignore": "out/\n", "site.yml": PLAYBOOK})
    write(root, {"out/copy.yml": PLAYBOOK})
    assert list(await _templates(root)) == ["site.yml"]


async def test_files_are_walked_when_git_cannot_name_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late git costs the ignore rules, not the project."""
    root = a_repository(tmp_path / "r", {"site.yml": PLAYBOOK})

    async def late(_: Path) -> frozenset[str]:
        raise TransportError("timeout", "git did not end within 20 s")

    monkeypatch.setattr(git_client, "files", late)
    content = await _read(root)
    assert [one.name for one in content.templates] == ["site.yml"]
    assert content.project.kind is ProjectKind.GIT
    assert any("did not end" in title for title in _titles(content))


async def test_a_project_that_may_not_be_read_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rights is not the same as gone; within a project it costs that folder only."""
    write(tmp_path, {"a/site.yml": PLAYBOOK, "b/site.yml": PLAYBOOK, "top.yml": PLAYBOOK})
    content = await _read(tmp_path)
    host = LocalRepositoryHost([tmp_path], "ada")
    scan: Callable[[Path], object] = os.scandir
    refused = {tmp_path / "b"}

    def scandir(path: Path) -> object:
        if Path(path) in refused:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    partly = await host.read_project(content.project)
    assert [one.name for one in partly.templates] == ["a/site.yml", "top.yml"]
    assert _titles(partly) == ["the folder b cannot be read (permission denied)"]
    refused.add(tmp_path)
    with pytest.raises(Unavailable, match="permission denied"):
        await host.read_project(content.project)
    with pytest.raises(NotFound):
        await host.read_project(replace(content.project, path=str(tmp_path / "gone")))
