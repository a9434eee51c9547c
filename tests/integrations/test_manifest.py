"""What a repository declares, and every way of declaring it wrongly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skyforge_tui.domain.template import FieldKind
from skyforge_tui.integrations.manifest import Manifest, read_manifest

_GOOD = '[[templates]]\nname = "good"\ncommand = ["true"]\n'


def _read(root: Path, text: str | bytes, name: str = "skyforge.toml") -> Manifest:
    data = text.encode() if isinstance(text, str) else text
    (root / name).write_bytes(data)
    manifest = read_manifest(root)
    assert manifest is not None
    return manifest


def test_a_folder_without_one_has_none(tmp_path: Path) -> None:
    """Nothing declared is not a mistake."""
    assert read_manifest(tmp_path) is None


def test_everything_that_can_be_declared_is_read(tmp_path: Path) -> None:
    """All keys of a project, a template and its survey arrive."""
    (tmp_path / "lab").mkdir()
    manifest = _read(
        tmp_path,
        """\
        [project]
        name = "Edge"
        description = "The fabric"
        [[templates]]
        name = "up"
        description = "Bring it up"
        command = ["netlab", "up", "{topology}", "--n={count}"]
        working_directory = "lab"
        environment = { LANG = "C.UTF-8" }
        terminal = true
        artifacts = ["out/**/*.json"]
        hotkey = "ctrl+u"
        [[templates.survey]]
        name = "topology"
        type = "enum"
        choices = ["dc1", "dc2"]
        default = "dc1"
        required = true
        description = "Which one"
        [[templates.survey]]
        name = "count"
        type = "int"
        default = 3
        [[templates.survey]]
        name = "fast"
        type = "bool"
        default = true
        [[templates.survey]]
        name = "pw"
        type = "secret"
        [[templates.survey]]
        name = "note"
        """,
    )
    assert manifest.mistakes == ()
    assert (manifest.name, manifest.description) == ("Edge", "The fabric")
    (up,) = manifest.templates
    assert (up.name, up.description, up.terminal) == ("up", "Bring it up", True)
    assert up.command == ("netlab", "up", "{topology}", "--n={count}")
    assert (up.directory, up.environment) == (tmp_path / "lab", {"LANG": "C.UTF-8"})
    assert (up.artifacts, up.hotkey) == (("out/**/*.json",), "ctrl+u")
    topology = up.survey[0]
    assert (topology.choices, topology.required) == (("dc1", "dc2"), True)
    assert [(one.name, one.kind, one.default) for one in up.survey] == [
        ("topology", FieldKind.ENUM, "dc1"),
        ("count", FieldKind.INT, "3"),
        ("fast", FieldKind.BOOL, "true"),
        ("pw", FieldKind.SECRET, ""),
        ("note", FieldKind.STRING, ""),
    ]


@pytest.mark.parametrize(
    ("lines", "line", "message", "advice"),
    [
        ('comand = ["x"]', 3, 'unknown key "comand"', 'did you mean "command"?'),
        ('command = "make up"', 3, "command must be a list of texts", "write command"),
        ("command = []", 3, "command is empty", ""),
        ('command = [" "]', 3, "program, is empty", ""),
        ('command = ["x\\u0000"]', 3, "NUL", ""),
        ('command = ["x", "{nope}"]', 3, 'no survey field is named "nope"', "known: none"),
        ('command = ["x", "{"]', 3, "a lone {", "{{"),
        (
            'command = ["x", "{pw}"]\nsurvey = [{ name = "pw", type = "secret" }]',
            3,
            "{pw} is secret",
            "SKYFORGE_SECRET_PW",
        ),
        ('command = ["x"]\nworking_directory = ".."', 4, "outside of the project", ""),
        ('command = ["x"]\nworking_directory = "/tmp"', 4, "outside of the project", ""),
        ('command = ["x"]\nworking_directory = "link"', 4, "outside of the project", ""),
        ('command = ["x"]\nworking_directory = "loop"', 4, "loop of links", ""),
        ('command = ["x"]\nworking_directory = "nope"', 4, "there is no folder", ""),
        ('command = ["x"]\nenvironment = { A = 1 }', 4, "A must be text", ""),
        ('command = ["x"]\nenvironment = { "A=B" = "1" }', 4, "no name for a variable", ""),
        ('command = ["x"]\nenvironment = { SKYFORGE_X = "1" }', 4, "are taken", ""),
        ('command = ["x"]\nenvironment = ["A"]', 4, "environment must be a table", ""),
        ('command = ["x"]\nterminal = "yes"', 4, "terminal must be true or false", ""),
        ('command = ["x"]\nartifacts = ["../x"]', 4, "not a pattern inside", ""),
        ('command = ["x"]\nartifacts = ["/x"]', 4, "not a pattern inside", ""),
        ('command = ["x"]\nhotkey = "uu"', 4, "not one key", ""),
        ('command = ["x"]\nsurvey = "x"', 4, "list of tables", "[[templates.survey]]"),
        ('command = ["x"]\nsurvey = [{ name = "1x" }]', 4, "no digit first", ""),
        ('command = ["x"]\nsurvey = [{ type = "int" }]', 4, "name is missing", ""),
        (
            'command = ["x"]\nsurvey = [{ name = "a", type = "strin" }]',
            4,
            'unknown type "strin"',
            'did you mean "string"?',
        ),
        ('command = ["x"]\nsurvey = [{ name = "a", type = "enum" }]', 4, "needs choices", ""),
        ('command = ["x"]\nsurvey = [{ name = "a", choices = ["x"] }]', 4, "only an enum", ""),
        (
            'command = ["x"]\nsurvey = [{ name="a", type="enum", choices=["dc1"], default="d1" }]',
            4,
            '"d1" is not a choice',
            'did you mean "dc1"?',
        ),
        (
            'command = ["x"]\nsurvey = [{ name = "a", type = "int", default = "5" }]',
            4,
            "whole number",
            "",
        ),
        (
            f'command = ["x"]\nsurvey = [{{ name = "a", type = "int", default = 0x{"f" * 40} }}]',
            4,
            "whole number",
            "",
        ),
        (
            'command = ["x"]\nsurvey = [{ name = "a", type = "secret", default = "hunter2" }]',
            4,
            "a secret has no default",
            "",
        ),
        ('command = ["x"]\nsurvey = [{ name = "a" }, { name = "A" }]', 4, "same name", ""),
    ],
)
def test_one_mistake_costs_one_template(
    tmp_path: Path, lines: str, line: int, message: str, advice: str
) -> None:
    """Each mistake is said with its line and what to write; the other template is there."""
    (tmp_path / "link").symlink_to("/")
    (tmp_path / "loop").symlink_to("loop")
    manifest = _read(tmp_path, f'[[templates]]\nname = "bad"\n{lines}\n{_GOOD}')
    assert [one.name for one in manifest.templates] == ["good"]
    said = [one for one in manifest.mistakes if message in one.message]
    assert said, manifest.mistakes
    assert said[0].message.startswith('template "bad"')
    assert said[0].line == line
    assert advice in said[0].advice
    assert "hunter2" not in repr(manifest.mistakes)


def test_two_templates_of_one_name_are_said(tmp_path: Path) -> None:
    """The first keeps the name; the second is named with its line."""
    manifest = _read(tmp_path, _GOOD + _GOOD)
    assert len(manifest.templates) == 1
    (mistake,) = manifest.mistakes
    assert mistake.line == 5
    assert "same name" in mistake.message


def test_a_wrong_project_table_costs_no_template(tmp_path: Path) -> None:
    """What is wrong outside of the templates is said and does not hide them."""
    manifest = _read(tmp_path, f'[project]\nnam = "x"\n[stuff]\n{_GOOD}')
    assert [one.line for one in manifest.mistakes] == [3, 2]
    assert len(manifest.templates) == 1


def test_names_cannot_carry_control_characters(tmp_path: Path) -> None:
    """Nothing declared moves a cursor: names are refused, descriptions are flattened."""
    manifest = _read(
        tmp_path,
        '[project]\nname = "a\\u001b[31m\\nb"\n[[templates]]\nname = "x\\u0007"\ncommand = ["x"]\n',
    )
    assert manifest.name == "a [31m b"
    assert manifest.templates == ()


def test_broken_toml_is_said_with_its_line(tmp_path: Path) -> None:
    """A file that is not TOML declares nothing and says why."""
    manifest = _read(tmp_path, "[project]\nname = \n")
    assert manifest.templates == ()
    assert [one.line for one in manifest.mistakes] == [2]


def test_text_that_is_not_utf8_is_said_with_its_line(tmp_path: Path) -> None:
    """Bytes that are no text are named by line."""
    (mistake,) = _read(tmp_path, b'[project]\nname = "\xff"\n').mistakes
    assert (mistake.line, mistake.message) == (2, "not UTF-8 text")


def test_byte_order_mark_and_crlf_change_nothing(tmp_path: Path) -> None:
    """Files from other systems are read alike."""
    text = b"\xef\xbb\xbf" + _GOOD.replace("\n", "\r\n").encode()
    manifest = _read(tmp_path, text)
    assert (len(manifest.templates), manifest.mistakes, manifest.data) == (1, (), text)


def test_what_is_too_large_or_no_file_is_said(tmp_path: Path) -> None:
    """A pipe does not hang, a link outside is not followed, a giant is not read."""
    path = tmp_path / "skyforge.toml"
    path.touch()
    os.truncate(path, 200 << 20)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert "209,715,200 bytes" in manifest.mistakes[0].message
    path.unlink()
    os.mkfifo(path)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert "not a regular file" in manifest.mistakes[0].message
    path.unlink()
    path.symlink_to("/etc/passwd")
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert "outside" in manifest.mistakes[0].message


def test_the_hidden_name_counts_when_it_is_the_only_one(tmp_path: Path) -> None:
    """`.skyforge.toml` is read, and passed over with a word beside the other."""
    assert _read(tmp_path, _GOOD, ".skyforge.toml").path.name == ".skyforge.toml"
    manifest = _read(tmp_path, _GOOD)
    assert manifest.path.name == "skyforge.toml"
    assert ".skyforge.toml is not read" in manifest.mistakes[0].message
