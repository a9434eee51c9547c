"""Topologies, Terraform roots and make targets of the projects of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.launch import build
from skyforge_tui.domain.template import FieldKind, LabOutline, Template, TemplateKind
from skyforge_tui.integrations.process import run
from skyforge_tui.ports.project_host import ProjectContent
from skyforge_tui.providers.repositories import makefiles, roots
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from skyforge_tui.providers.repositories.templates import TemplateReader
from tests.worktrees import a_repository, write

PLAYBOOK = "- hosts: all\n"
NETLAB = "provider: clab\ndefaults.device: frr\nnodes: [r1, r2]\nlinks: [r1-r2]\n"
CLAB = "name: fabric\ntopology:\n  nodes:\n    a: {kind: linux}\n"
RESOURCE = 'resource "terraform_data" "x" {\n  input = 1\n}\n'
MAKEFILE = "build: ## Build it\n\techo build\n"


async def _read(root: Path) -> ProjectContent:
    host = LocalRepositoryHost([root], "ada")
    (project,) = (await host.list_projects()).projects
    return await host.read_project(project)


async def _templates(root: Path) -> dict[str, Template]:
    return {one.name: one for one in (await _read(root)).templates}


def _titles(content: ProjectContent) -> list[str]:
    return [notice.title for notice in content.project.notices]


async def _fingerprint(root: Path, template: Template) -> list[str]:
    host = LocalRepositoryHost([root], "ada")
    return [Path(one.path).relative_to(root).as_posix() for one in await host.fingerprint(template)]


@pytest.fixture(params=["git", "folder"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a project, once kept in git and once not."""
    folder = tmp_path / "project"
    if request.param == "git":
        return a_repository(folder)
    folder.mkdir()
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a project kept in git: one of folders alone would be several."""
    return a_repository(tmp_path / "project")


async def test_every_kind_is_found_where_it_lies(root: Path) -> None:
    """Each file is one kind; topologies and roots run in their folder, targets from the top."""
    write(root, {"site.yml": PLAYBOOK, "labs/dc.yml": NETLAB, "labs/x.clab.yml": CLAB})
    write(root, {"infra/main.tf": RESOURCE, "Makefile": MAKEFILE, "docs/Makefile": MAKEFILE})
    found = await _read(root)
    assert [(one.name, one.kind, one.directory) for one in found.templates] == [
        ("labs/dc.yml", TemplateKind.NETLAB, str(root / "labs")),
        ("labs/x.clab.yml", TemplateKind.CONTAINERLAB, str(root / "labs")),
        ("site.yml", TemplateKind.PLAYBOOK, str(root)),
        ("terraform infra", TemplateKind.TERRAFORM, str(root / "infra")),
        ("make build", TemplateKind.MAKE, str(root)),
        ("make -C docs build", TemplateKind.MAKE, str(root)),
    ]
    assert len({one.id for one in found.templates}) == 6
    assert found.project.notices == ()
    host = LocalRepositoryHost([root], "ada")
    for template in found.templates:
        assert await host.fingerprint(template) == template.sources


@pytest.mark.parametrize(
    "files",
    [
        {"topology.yml": NETLAB},
        {"x.clab.yml": CLAB},
        {"main.tf": RESOURCE},
        {"Makefile": MAKEFILE},
    ],
)
async def test_a_folder_with_something_to_launch_is_one_project(
    tmp_path: Path, files: dict[str, str]
) -> None:
    """What lies on top of a plain folder makes the folder the project, not its children."""
    write(tmp_path, {**files, "child/notes.txt": "x"})
    (project,) = (await LocalRepositoryHost([tmp_path], "ada").list_projects()).projects
    assert project.path == str(tmp_path)


async def test_options_of_a_playbook_leave_its_questions_their_names(root: Path) -> None:
    """A question wins its name; the option is asked under another."""
    prompts = "  vars_prompt: [{name: limit, private: no}, {name: ansible_limit, private: no}]\n"
    write(root, {"a.yml": PLAYBOOK + prompts, "b.yml": PLAYBOOK})
    found = await _templates(root)
    assert [(one.name, one.option) for one in found["a.yml"].survey] == [
        ("limit", ""),
        ("ansible_limit", ""),
        ("ansible_ansible_limit", "--limit"),
        ("tags", "--tags"),
        ("skip_tags", "--skip-tags"),
        ("check", "--check"),
        ("diff", "--diff"),
    ]
    assert [one.kind for one in found["b.yml"].survey] == [FieldKind.STRING] * 3 + [
        FieldKind.BOOL
    ] * 2


async def test_tags_that_were_seen_are_told(root: Path) -> None:
    """A few are named, and how many more there are."""
    tags = ", ".join(f"t{number}" for number in range(20))
    write(root, {"a.yml": f"- hosts: all\n  tags: [{tags}]\n", "b.yml": PLAYBOOK})
    found = await _templates(root)
    said = {one.name: one.description for one in found["a.yml"].survey}
    assert said["tags"].endswith(": t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11 and 8 more")
    assert "tags: t0" in said["skip_tags"]
    assert {one.name: one.description for one in found["b.yml"].survey}["tags"] == (
        "only tasks with these tags"
    )


async def test_a_topology_says_what_it_is(root: Path) -> None:
    """Size, provider, device and kinds stand in the description."""
    write(root, {"dc.yml": "name: core\n" + NETLAB, "x.yaml": CLAB, "-v.clab.yml": CLAB})
    found = await _templates(root)
    assert found["dc.yml"].description == "lab core, 2 nodes, clab, frr"
    assert found["dc.yml"].lab == LabOutline("core", ("r1", "r2"), "clab", "frr")
    assert found["dc.yml"].environment == {"PYTHONUNBUFFERED": "1"}
    assert (found["x.yaml"].kind, found["x.yaml"].description) == (
        TemplateKind.CONTAINERLAB,
        "lab fabric, 1 node, linux",
    )
    assert found["-v.clab.yml"].command == ("containerlab", "{action}", "-t", "./-v.clab.yml")


async def test_broken_files_are_told_when_they_say_what_they_are(root: Path) -> None:
    """A name that ends as topologies do is a promise; other broken files are passed over."""
    write(root, {"x.clab.yml": "name: [\n", "y.yml": "nodes: [\ntopology: {\n"})
    write(root, {"z.clab.yml": "# nothing yet\n"})
    content = await _read(root)
    assert content.templates == ()
    (notice,) = content.project.notices
    assert notice.title.startswith("x.clab.yml: not valid YAML")
    assert notice.where == f"{root}/x.clab.yml:2"


async def test_what_netlab_made_for_containerlab_is_netlabs(root: Path) -> None:
    """A generated topology is not offered beside the one it was made from."""
    write(root, {"topology.yml": NETLAB, "clab.yml": CLAB})
    assert list(await _templates(root)) == ["clab.yml", "topology.yml"]
    write(root, {"netlab.snapshot.pickle": ""})
    assert list(await _templates(root)) == ["topology.yml"]


async def test_code_that_netlab_would_load_is_trusted_too(repository: Path) -> None:
    """Defaults beside a topology and its own plugins are part of it, also when they come later."""
    write(
        repository, {"lab/t.yml": NETLAB + "plugin: [mine, multilab]\n", "lab/mine.py": "x = 1\n"}
    )
    one = (await _templates(repository))["lab/t.yml"]
    assert await _fingerprint(repository, one) == ["lab/t.yml", "lab/mine.py"]
    write(
        repository, {"lab/topology-defaults.yml": "device: eos\n", "lab/multilab/plugin.py": "x\n"}
    )
    assert await _fingerprint(repository, one) == [
        "lab/t.yml",
        "lab/mine.py",
        "lab/topology-defaults.yml",
        "lab/multilab/plugin.py",
    ]


async def test_code_that_cannot_be_read_keeps_a_topology_out(root: Path) -> None:
    """A plugin that is a link to elsewhere is not run unseen."""
    write(root, {"t.yml": NETLAB + "plugin: [mine]\n"})
    (root / "mine.py").symlink_to("/etc/passwd")
    content = await _read(root)
    assert content.templates == ()
    assert any("outside" in title for title in _titles(content))


async def test_a_root_is_where_nobody_else_uses_it(repository: Path) -> None:
    """Modules, wherever they lie, and folders of variables are no roots."""
    uses = 'module "m" {\n  source = "../shared"\n}\nmodule "n" {\n  source = "./modules/n"\n}\n'
    write(repository, {"prod/main.tf": uses, "prod/modules/n/main.tf": RESOURCE})
    write(repository, {"shared/main.tf": RESOURCE, "vars/variables.tf": 'variable "x" {}\n'})
    write(repository, {"modules/other/main.tf": RESOURCE, "lone/main.tofu": RESOURCE})
    write(repository, {"modules/kept/main.tf": 'terraform {\n  backend "s3" {}\n}\n'})
    found = await _templates(repository)
    assert list(found) == ["terraform lone", "terraform modules/kept", "terraform prod"]
    assert found["terraform lone"].command == ("tofu", "{action}")
    assert [
        Path(one.path).relative_to(repository).as_posix() for one in found["terraform prod"].sources
    ] == ["prod/main.tf", "shared/main.tf", "prod/modules/n/main.tf"]


async def test_the_top_of_a_project_can_be_a_root(root: Path) -> None:
    """Its examples use it as a module, and then they are the roots."""
    write(root, {"main.tf": RESOURCE})
    found = await _templates(root)
    assert list(found) == ["terraform"]
    assert found["terraform"].id.endswith("#*.tf")
    write(root, {"examples/a/main.tf": 'module "it" {\n  source = "../.."\n}\n'})
    assert list(await _templates(root)) == ["terraform examples/a"]


async def test_a_configuration_file_that_comes_later_is_noticed(repository: Path) -> None:
    """The tools read every file of the folder, so every one is trusted or nothing is."""
    write(repository, {"a/main.tf": RESOURCE, "a/vars.tf": 'variable "x" {}\n', "b/x.tf": RESOURCE})
    one = (await _templates(repository))["terraform a"]
    assert await _fingerprint(repository, one) == ["a/main.tf", "a/vars.tf"]
    write(repository, {"a/evil.tf.json": "{}", "a/main.tf": 'module "b" {\n  source = "../b"\n}\n'})
    assert await _fingerprint(repository, one) == [
        "a/main.tf",
        "a/vars.tf",
        "a/evil.tf.json",
        "b/x.tf",
    ]
    (repository / "a/vars.tf").unlink()
    assert "a/vars.tf" not in await _fingerprint(repository, one)
    (repository / "a/main.tf").unlink()
    with pytest.raises(NotFound):
        await _fingerprint(repository, one)


async def test_modules_that_use_each_other_end(repository: Path) -> None:
    """A circle is read once around."""
    write(
        repository,
        {"a/main.tf": 'terraform {\n  backend "x" {}\n}\nmodule "b" { \nsource = "../b"\n}\n'},
    )
    write(repository, {"b/main.tf": 'module "a" {\n  source = "../a"\n}\n'})
    found = await _templates(repository)
    assert [Path(one.path).parent.name for one in found["terraform a"].sources] == ["a", "b"]


@pytest.mark.parametrize(
    ("there", "needs_tofu", "program"),
    [
        ({"tofu", "terraform"}, False, "tofu"),
        ({"terraform"}, False, "terraform"),
        ({"terraform"}, True, "tofu"),
        (set(), False, "tofu"),
    ],
)
def test_the_tool_is_the_one_that_is_there(
    monkeypatch: pytest.MonkeyPatch, there: set[str], needs_tofu: bool, program: str
) -> None:
    """OpenTofu goes first, and alone reads its own files."""
    monkeypatch.setattr(shutil, "which", lambda name: name if name in there else None)
    assert roots.tool(needs_tofu) == program


async def test_targets_are_made_from_the_top(root: Path) -> None:
    """Each target is a template of its own, and says what its line says."""
    write(root, {"Makefile": MAKEFILE + "test:\n\techo\n", "a b/makefile": MAKEFILE})
    write(root, {"vendor/x/Makefile": MAKEFILE, "-d/Makefile": MAKEFILE})
    found = await _templates(root)
    assert [(name, one.command) for name, one in found.items()] == [
        ("make build", ("make", "build")),
        ("make test", ("make", "test")),
        ("make -C ./-d build", ("make", "-C", "./-d", "build")),
        ("make -C a b build", ("make", "-C", "a b", "build")),
    ]
    assert found["make build"].description == "Build it"
    assert found["make build"].survey == ()
    assert found["make test"].id.endswith("#Makefile:test")


async def test_what_make_would_read_is_trusted_too(root: Path) -> None:
    """Included files, and a file that make prefers, are noticed also when they come later."""
    write(root, {"Makefile": "include inc/a.mk ../out.mk\n-include later.mk\n" + MAKEFILE})
    write(root, {"inc/a.mk": "include b.mk Makefile\n", "b.mk": "", "inc/b.mk": ""})
    one = (await _templates(root))["make build"]
    assert await _fingerprint(root, one) == ["Makefile", "inc/a.mk", "b.mk"]
    write(root, {"later.mk": "", "GNUmakefile": "build:\n\trm -rf /\n"})
    assert await _fingerprint(root, one) == [
        "Makefile",
        "inc/a.mk",
        "b.mk",
        "GNUmakefile",
        "later.mk",
    ]
    (root / "later.mk").unlink()
    os.mkfifo(root / "later.mk")
    (root / "b.mk").unlink()
    (root / "b.mk").symlink_to("/etc/passwd")
    with pytest.raises(Unavailable, match="outside"):
        await _fingerprint(root, one)


async def test_the_makefile_that_make_prefers_is_read(root: Path) -> None:
    """Of several in one folder only one is obeyed."""
    write(root, {"Makefile": "a:\n\tx\n", "GNUmakefile": "b:\n\tx\n"})
    assert list(await _templates(root)) == ["make b"]


async def test_more_than_is_shown_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makefiles, targets and roots are bounded, and the bounds are told."""
    monkeypatch.setattr(makefiles, "MAX_MAKEFILES", 1)
    monkeypatch.setattr(roots, "MAX_ROOTS", 1)
    write(root, {"Makefile": "".join(f"t{n}:\n\tx\n" for n in range(60)), "a/Makefile": MAKEFILE})
    write(root, {"a/main.tf": RESOURCE, "b/main.tf": RESOURCE})
    content = await _read(root)
    assert len(content.templates) == 51
    assert _titles(content) == [
        "only the first 1 Terraform roots are shown: stopped before b",
        "Makefile: only the first 50 of 60 targets are shown",
        "only the first 1 of 2 makefiles are read",
    ]


def test_no_more_is_read_than_may_be(root: Path) -> None:
    """The bound holds for all kinds together, and is said once."""
    files = {"a.yml": PLAYBOOK, "b.yml": NETLAB, "main.tf": RESOURCE, "Makefile": MAKEFILE}
    write(root, files)
    reader = TemplateReader(ProjectId(f"local:{root}"), root)
    reader._reading.bytes_left = len(PLAYBOOK)
    reader.read(Leash(), sorted(files))
    assert [one.name for one in reader.templates] == ["a.yml"]
    assert [one.title for one in reader.notices] == [
        "more than 256 MiB of files, the rest is not read: stopped before b.yml"
    ]


async def test_giants_pipes_and_foreign_names_cost_only_themselves(root: Path) -> None:
    """What is odd is told or passed over, and hides nothing."""
    write(root, {"Makefile": MAKEFILE, "good/main.tf": RESOURCE, "good.clab.yml": CLAB})
    for name in ("huge.tf", "d/Makefile", "huge.clab.yml"):
        write(root, {name: ""})
        os.truncate(root / name, 200 << 20)
    os.mkfifo(root / "pipe.tf")
    (root / "link.tf").symlink_to("/etc/passwd")
    write(root, {os.fsdecode(b"od\xff.clab.yml"): CLAB})
    content = await _read(root)
    assert [one.name for one in content.templates] == [
        "good.clab.yml",
        "terraform good",
        "make build",
    ]
    titles = _titles(content)
    assert "a topology whose name is not UTF-8 is left out" in titles
    assert any(title.startswith("link.tf is a link to a place outside") for title in titles)
    assert "huge.clab.yml: 200.0 MiB, only files up to 4 MiB are read as topologies" in titles


async def test_a_repository_of_many_lookalikes_is_read(tmp_path: Path) -> None:
    """Ten thousand files that speak of nodes are looked at, and are nothing."""
    root = a_repository(tmp_path / "large")
    for number in range(100):
        folder = root / f"d{number:03}"
        folder.mkdir()
        for part in range(100):
            (folder / f"f{part:02}.yml").write_text("nodes: 3\nlinks: none\n")
    write(root, {"zz/dc.yml": NETLAB, "zz/main.tf": RESOURCE, "zz/Makefile": MAKEFILE})
    content = await _read(root)
    assert content.project.file_count == 10_003
    assert [one.name for one in content.templates] == [
        "zz/dc.yml",
        "terraform zz",
        "make -C zz build",
    ]
    assert content.project.notices == ()


@pytest.mark.real
async def test_a_real_make_makes_the_target(
    repository: Path, real_program: Callable[[str], Path]
) -> None:
    """The command of a template is what make takes, in a folder with a blank in its name too."""
    program = real_program("make")
    write(repository, {"a b/Makefile": "include x.mk\nhello: # not said\n\t@echo $(WORD) > out\n"})
    write(repository, {"a b/x.mk": "WORD = done\n"})
    one = (await _templates(repository))["make -C a b hello"]
    launch = build(one, *one.checked_answers({}))
    done = await run([str(program), *launch.command[1:]], cwd=one.directory, timeout_s=60)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert (repository / "a b/out").read_text() == "done\n"


async def test_a_real_terraform_applies_the_root(
    repository: Path, real_program: Callable[[str], Path]
) -> None:
    """What is approved beforehand asks nothing; a root without providers needs no network."""
    program = real_program("terraform")
    output = 'output "said" {\n  value = terraform_data.x.output\n}\n'
    write(repository, {"infra/main.tf": RESOURCE + output})
    one = (await _templates(repository))["terraform infra"]
    for answers in ({"action": "init"}, {"action": "apply", "auto_approve": "yes"}):
        launch = build(one, *one.checked_answers(answers))
        assert not launch.terminal
        done = await run([str(program), *launch.command[1:]], cwd=one.directory, timeout_s=100)
        assert done.exit_code == 0, done.stdout + done.stderr
    assert b"1 added" in done.stdout
