"""One table of a configuration is changed, and not a character of the rest."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.integrations.toml_edit import UneditableError, changed
from skyforge_tui.settings.sample import sample

VALUES = {"url": "https://h", "guard": None, "tls": {"verify": None, "fingerprint": "ab"}}
MINE = """\
# mine
[semaphore.a]
url = "old"   # where it is
admins = ["ada"]

[semaphore.a.tls]
verify = false

# the look
[look]
theme = "light"
"""


def test_only_what_is_said_changes() -> None:
    """Keys are changed in place, taken away or added; comments, order and other keys stay."""
    after = changed(MINE, ("semaphore", "a"), VALUES)
    assert after == MINE.replace('"old"', '"https://h"').replace(
        "verify = false", 'fingerprint = "ab"'
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        sample(),
        MINE,
        "a = 1",
        '[look]\ntheme = "dark"',
        "\ufeff# mark\n[look]\n",
        "x.y = 1\r\n",
    ],
)
def test_a_new_table_follows_the_rest(text: str) -> None:
    """A table that is not there comes after what is there, which stays as it is."""
    after = changed(text, ("gitea", "b"), VALUES)
    assert after.startswith(text.rstrip())
    assert tomllib.loads(after.removeprefix("\ufeff"))["gitea"]["b"] == {
        "url": "https://h", "tls": {"fingerprint": "ab"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        'semaphore.a.url = "x"\n[look]\n',
        'semaphore = { a = { url = "x" } }\n',
        '[semaphore]\na = { url = "x", tls = { verify = true } }\n',
        '[semaphore.a]\nurl="x"\n[look]\nmotion=true\n[semaphore.b]\nurl="z"\n',
        "[semaphore.a.tls]\nverify = true\n[look]\n[semaphore.b]\n",
    ],
)
def test_odd_layouts_are_changed_or_left_alone(text: str) -> None:
    """However it is written, the result says what was meant and nothing else, or none is made."""
    before = tomllib.loads(text)
    try:
        after = tomllib.loads(changed(text, ("semaphore", "a"), VALUES))
    except UneditableError:
        return
    assert after["semaphore"]["a"] == {"url": "https://h", "tls": {"fingerprint": "ab"}}
    del after["semaphore"]["a"], before["semaphore"]["a"]
    assert after == before


@pytest.mark.parametrize("text", ["a = ", "semaphore = 1", "[semaphore]\na = 1", "[[semaphore.a]]"])
def test_what_cannot_be_changed_is_said(text: str) -> None:
    """What is no TOML, or has something else in the table's place, is not changed."""
    with pytest.raises(UneditableError):
        changed(text, ("semaphore", "a"), VALUES)


NAMES = st.sampled_from(["a", "b", "look", "url"])
SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab\"'\\#=[]\n é", max_size=6))
TABLES = st.dictionaries(NAMES, SCALARS, max_size=3)


def written(tables: dict[str, dict[str, dict[str, object]]]) -> str:
    """Spell tables, each with a comment."""
    import tomlkit

    return "\n".join(
        f"# about {kind}.{name}\n[{kind}.{name}]\n{tomlkit.dumps(values)}"
        for kind, names in tables.items()
        for name, values in names.items()
    )


@given(
    st.dictionaries(NAMES, st.dictionaries(NAMES, TABLES, max_size=2), max_size=3),
    NAMES, NAMES, st.dictionaries(NAMES, st.one_of(st.none(), SCALARS), max_size=3),
)  # fmt: skip
def test_whatever_is_changed(
    tables: dict[str, dict[str, dict[str, object]]],
    kind: str,
    name: str,
    values: dict[str, object],
) -> None:
    """Any keys of any table: the result has them, everything else, and all comments."""
    text = written(tables)
    after = changed(text, (kind, name), values)  # type: ignore[arg-type]
    expected = {key: dict(names) for key, names in tables.items() if names}
    merged = {**expected.get(kind, {}).get(name, {}), **values}
    expected.setdefault(kind, {})[name] = {k: v for k, v in merged.items() if v is not None}
    assert tomllib.loads(after) == expected
    assert text.count("# about") == after.count("# about")


def test_tables_that_do_not_stand_together() -> None:
    """Where others stand between tables of a kind, a new one comes last and an old one changes."""
    text = '[netlab.a]\nhost = "a"\n\n[eve.e]\nurl = "e"\n\n[netlab.b]\nhost = "b"\n'
    added = changed(text, ("netlab", "c"), {"host": "c", "tls": {"verify": False}})
    assert added == f'{text}\n[netlab.c]\nhost = "c"\n\n[netlab.c.tls]\nverify = false\n'
    again = changed(added, ("netlab", "b"), {"host": "B"})
    assert again == added.replace('host = "b"', 'host = "B"')
