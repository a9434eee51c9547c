"""Finding the targets of makefiles by reading."""

from __future__ import annotations

import pytest

from skyforge_tui.integrations.make.makefile import MAX_TARGETS, Target, read_makefile


def _names(text: str) -> list[str]:
    return [one.name for one in read_makefile(text.encode()).targets]


def test_targets_with_a_recipe_or_declared_phony_are_told() -> None:
    """A rule that only names what it depends on is asked for when somebody says it is phony."""
    text = (
        ".PHONY: all dist/image\nall: build\nbuild:\n\tgo build\ndeps: a b\n"
        "short: ; echo x\na b: c\n\ttouch $@\ndist/image:\n\tdocker build\n"
    )
    assert _names(text) == ["all", "build", "short", "a", "b", "dist/image"]


@pytest.mark.parametrize(
    "text",
    [
        "%.o: %.c\n\tcc\n",
        ".DEFAULT:\n\tx\n",
        "$(BIN): x\n\tx\n",
        "out/file: x\n\tx\n",
        "main.o: main.c\n\tcc\n",
        "X := a:b\nY ?= c: d\nZ = e:\n",
        "debug: CFLAGS += -g\n",
        "define recipe\nfake:\n\tx\nendef\n",
        "ifeq ($(A),b:)\nendif\n",
        "include other.mk\n",
        "# comment: here\n",
        "\thalf: a recipe\n",
        "-C:\n\tx\n",
        ".RECIPEPREFIX = >\nx:\n> echo\n",
        "a" * 1_000_000,
        "a" + " " * 1_000_000 + "\n",
        "export " * 150_000,
        " " * 1_000_000 + "x",
    ],
)
def test_nothing_else_is_a_target(text: str) -> None:
    """Patterns, files, variables, definitions, directives and comments are none."""
    assert _names(text) == []


def test_what_is_said_about_a_target_is_told() -> None:
    """The words on its line win over the comment right above it."""
    text = (
        "# Far away\n\n## Build it all\nbuild: x ## Build\n\tx\n"
        "#---- Test it ----\ntest:\n\tx\nplain: ## \n\tx\n"
    )
    assert read_makefile(text.encode()).targets == (
        Target("build", "Build"),
        Target("test", "Test it"),
        Target("plain"),
    )


def test_continued_lines_are_one() -> None:
    """A backslash at the end goes on with the next line, in recipes and in rules."""
    text = ".PHONY: a \\\n  b\na: x \\\n\ty\nb: \\\n  c\nd:\n\techo \\\n  e:\\\n\tf\n"
    assert _names(text) == ["a", "b", "d"]


def test_conditions_do_not_hide_targets() -> None:
    """Which branch make takes, nobody can read: the targets of all are told."""
    assert _names("ifdef X\na:\n\tx\nelse\nb:\nifdef Y\n\ty\nendif\nendif\n") == ["a", "b"]


def test_included_files_are_told_when_they_are_written_out() -> None:
    """Names made of variables and patterns cannot be known."""
    text = "include a.mk b/c.mk # d\n-include e.mk\nsinclude f.mk\ninclude $(X).mk *.mk\n"
    assert read_makefile(text.encode()).includes == ("a.mk", "b/c.mk", "e.mk", "f.mk")


def test_many_targets_are_counted() -> None:
    """The first are told, and how many there are in all."""
    found = read_makefile("".join(f"t{n}:\n\tx\n" for n in range(120)).encode())
    assert (len(found.targets), found.count) == (MAX_TARGETS, 120)


def test_windows_line_ends_and_foreign_bytes_change_nothing() -> None:
    """Files from other systems are read alike."""
    assert read_makefile(b"a: ## \xff\r\n\tx\r\nb:\r\n\ty\r\n").targets[1] == Target("b")
