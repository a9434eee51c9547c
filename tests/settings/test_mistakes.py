"""What is wrong in a configuration: said at once, where it stands, with what was meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skyforge_tui.domain.notice import Severity
from skyforge_tui.settings.complaint import SettingsError
from skyforge_tui.settings.load import load
from tests.settings.loading import loaded_from, said

SECRET = "hunter2-hunter2"


def test_a_named_file_that_is_missing_is_a_complaint(tmp_path: Path) -> None:
    """Whoever names a file wants it read; naming the usual place changes nothing."""
    path = tmp_path / "nowhere.toml"
    assert said(load(path, environ={})) == [f"{path}: there is no such file"]
    assert said(load(environ={"SKYFORGE_CONFIG": str(path)})) == [f"{path}: there is no such file"]
    usual = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert said(load(tmp_path / "skyforge/config.toml", environ=usual)) == []


def test_a_file_that_cannot_be_read_is_a_complaint(tmp_path: Path) -> None:
    """Folders, pipes, other encodings and broken syntax are said with their place."""
    onward = "mend that, or name another with --config"
    assert said(load(tmp_path, environ={})) == [
        f"{tmp_path}: cannot be read: it is a folder; {onward}"
    ]
    (tmp_path / "file").touch()
    below = tmp_path / "file/config.toml"
    assert said(load(below, environ={})) == [
        f"{below}: cannot be read: what should be a folder above it is none; {onward}"
    ]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert said(load(pipe, environ={})) == [f"{pipe}: this is not a regular file"]
    loaded, path = loaded_from(tmp_path, "[look]\ntheme = dark\n")
    assert said(loaded) == [
        f'{path}:2: this is not a value; text needs quotes, as in name = "text"'
    ]
    with pytest.raises(SettingsError, match="not a value"):
        loaded.checked()


def test_every_mistake_is_said_at_once_with_line_and_nearest_key(tmp_path: Path) -> None:
    """Unknown keys, wrong types and bad addresses are refused together, each in its place."""
    loaded, path = loaded_from(
        tmp_path,
        """state_dir = "relative"
theme = "dark"
[look]
theme = "drak"
motion = 1
[workspace]
roots = [
  "/ok",
  "not/absolute",
]
[local]
slotz = 2
slots = "4"
[keys]
"run.stop" = 4
[semaphore.prod]
url = "sem.example"
guard = "readonly"
tls = { verfy = false }
[semaphore.new]
[gitea."Bad Name"]
url = "https://g.example"
[eve.lab]
[netlab.far]
port = 70000
host = "a b"
[profils.x]
""",
    )
    assert said(loaded) == [
        f"{path}:1: state_dir must be an absolute path, or begin with ~/",
        f"{path}:2: unknown key theme (did you mean look.theme?)",
        f"{path}:4: look.theme must be one of dark, light, contrast, mono (did you mean dark?)",
        f"{path}:5: look.motion must be true or false, without quotes",
        f"{path}:9: workspace.roots.1 must be an absolute path, or begin with ~/",
        f"{path}:12: unknown key local.slotz (did you mean slots?)",
        f"{path}:13: local.slots must be a whole number, without quotes",
        f'{path}:15: keys.run.stop must be a key in quotes, or a list of them; "" unbinds',
        f"{path}:17: semaphore.prod.url must begin with https:// or http://",
        (
            f"{path}:18: semaphore.prod.guard must be one of read-only, confirm, normal"
            " (did you mean read-only?)"
        ),
        f"{path}:19: unknown key semaphore.prod.tls.verfy (did you mean verify?)",
        f"{path}:20: semaphore.new.url is missing",
        f"{path}:21: gitea.Bad Name: a name is made of a-z, 0-9, - and _",
        f"{path}:23: eve.lab needs url, or ssh.host",
        f"{path}:25: netlab.far.port must be at most 65535",
        f"{path}:26: netlab.far.host must be a host name or an address, without spaces, @ and /",
        f"{path}:27: unknown key profils (did you mean profiles?)",
    ]


def test_what_is_sound_still_counts_and_half_an_instance_does_not(tmp_path: Path) -> None:
    """A mistake costs its own key; an instance with a mistake is left out entirely."""
    loaded, _ = loaded_from(
        tmp_path,
        '[local]\nslots = 2\nslotz = 3\n[look]\ntheme = "drak"\n'
        '[semaphore.bad]\nurl = "https://s.example"\nguard = "reedonly"\n'
        '[semaphore.good]\nurl = "https://s.example"\n',
    )
    assert loaded.settings.local.slots == 2
    assert loaded.settings.look.theme == "dark"
    assert list(loaded.settings.semaphore) == ["good"]
    assert str(loaded.origins["look", "theme"]) == "default"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"https://ada:{SECRET}@s.example", "must not hold name or password"),
        ("ftp://s.example", "must begin with"),
        ("https://", "host is missing"),
        ("https://s.example:port", "host or port is wrong"),
        ("https://s.example/a b", "has spaces"),
        (f"https://s.example/?token={SECRET}", "take ? and # away"),
    ],
)
def test_a_bad_address_is_refused_without_being_repeated(
    tmp_path: Path, url: str, words: str
) -> None:
    """The complaint about an address names the rule, not the address."""
    loaded, _ = loaded_from(tmp_path, f'[gitea.g]\nurl = "{url}"\n')
    (complaint,) = said(loaded)
    assert words in complaint
    assert SECRET not in complaint
    assert loaded.settings.gitea == {}


def test_a_secret_in_plain_text_is_refused_and_shown_nowhere(tmp_path: Path) -> None:
    """A secret where a reference belongs is refused; neither words, values nor errors hold it."""
    loaded, path = loaded_from(
        tmp_path,
        f'[semaphore.s]\nurl = "https://s.example"\ntoken = "{SECRET}"\n'
        f'[s3.a]\nbucket = "b"\nsecret_key = ["{SECRET}"]\n'
        f'[gitea.g]\nurl = "https://g.example"\ntls = "{SECRET}"\n',
        SKYFORGE_GITEA__G__PASSWORD=SECRET,
    )
    forms = "write env:NAME, file:PATH, keyring:NAME or cmd:PROGRAM"
    assert said(loaded) == [
        f"{path}:3: semaphore.s.token must not be the secret itself: {forms}",
        (
            f"{path}:6: s3.a.secret_key must be a reference in quotes:"
            " env:NAME, file:PATH, keyring:NAME or cmd:PROGRAM"
        ),
        f"{path}:9: gitea.g.tls must be a table",
        (
            "environment variable SKYFORGE_GITEA__G__PASSWORD:"
            f" gitea.g.password must not be the secret itself: {forms}"
        ),
    ]
    with pytest.raises(SettingsError) as caught:
        loaded.checked()
    assert SECRET not in f"{loaded!r} {loaded.values()} {caught.value!r} {caught.value}"


def test_profiles_that_are_not_chosen_are_checked_too(tmp_path: Path) -> None:
    """A mistake in any profile, or hidden by a stronger layer, is said today."""
    loaded, path = loaded_from(
        tmp_path,
        'profile = "a"\n[look]\ntheme = "drak"\n[profiles.a.look]\ntheme = "light"\n'
        '[profiles.b.look]\ntheme = "lihgt"\n[profiles.b]\nprofiles = {}\n[profiles]\nc = 3\n'
        '[semaphore.s]\ntoken = "env:S"\n[profiles.a.semaphore.s]\nurl = "https://s.example"\n',
    )
    assert [line.removeprefix(path) for line in said(loaded)] == [
        ":3: look.theme must be one of dark, light, contrast, mono (did you mean dark?)",
        ":7: look.theme must be one of dark, light, contrast, mono (did you mean light?)",
        ":9: a profile cannot hold profiles",
        ":11: profiles.c must be a table",
    ]
    assert loaded.settings.semaphore["s"].url == "https://s.example"


def test_profiles_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    """`profiles` holds tables by name."""
    loaded, path = loaded_from(tmp_path, "profiles = 3\n")
    assert said(loaded) == [f"{path}:1: profiles must be tables such as [profiles.lab.look]"]


def test_misspelt_variables_are_refused_with_the_nearest(tmp_path: Path) -> None:
    """A variable that is no setting is a complaint, unless tests or runs are known to use it."""
    loaded, _ = loaded_from(
        tmp_path,
        "",
        SKYFORGE_LOKAL__SLOTS="3",
        SKYFORGE_STATEDIR="/x",
        SKYFORGE_THEME="mono",
        SKYFORGE_SEMAFORE__PROD__TOKN="env:X",
        SKYFORGE_LOCAL="3",
        SKYFORGE_KEYS__X="y",
        SKYFORGE_LOCAL__SLOTS="many",
        SKYFORGE_LIVE_SEMAPHORE_URL="http://x",
        SKYFORGE_RUN_ID="1",
        SKYFORGE_VAR_NAME="1",
        SKYFORGE_SECRET_NAME="1",
        OTHER="1",
    )
    meant = {
        "SKYFORGE_KEYS__X": "",
        "SKYFORGE_LOCAL": "",
        "SKYFORGE_LOKAL__SLOTS": " (did you mean SKYFORGE_LOCAL__SLOTS?)",
        "SKYFORGE_SEMAFORE__PROD__TOKN": " (did you mean SKYFORGE_SEMAPHORE__PROD__TOKEN?)",
        "SKYFORGE_STATEDIR": " (did you mean SKYFORGE_STATE_DIR?)",
        "SKYFORGE_THEME": " (did you mean SKYFORGE_LOOK__THEME?)",
    }
    expected = {
        f"environment variable {name}: no setting has this name{close}"
        for name, close in meant.items()
    }
    expected.add(
        "environment variable SKYFORGE_LOCAL__SLOTS:"
        " local.slots must be a whole number, without quotes"
    )
    assert set(said(loaded)) == expected
    assert loaded.settings.local.slots == 4


def test_a_complaint_is_a_notice(tmp_path: Path) -> None:
    """What is wrong can be shown in the cockpit, with its place and the next step."""
    loaded, path = loaded_from(tmp_path, "[local]\nslotz = 2\n")
    notice = loaded.complaints[0].as_notice()
    assert (notice.severity, notice.title) == (Severity.ERROR, "unknown key local.slotz")
    assert (notice.where, notice.advice) == (f"{path}:2", "Did you mean slots?")


def test_a_file_of_everything_wrong_never_crashes(tmp_path: Path) -> None:
    """Every key of the settings set to every kind of wrong value gives complaints only."""
    keys = ("profile", "state_dir", "workspace", "local", "look", "keys", "semaphore", "eve", "s3")
    for key in (*keys, "profiles"):
        for value in ("1", "[]", '""', "{}", "[{}]", "{x = 1}", "{x = {}}", "{x = {tls = 1}}"):
            loaded, _ = loaded_from(tmp_path, f"{key} = {value}\n")
            assert loaded.settings.local.slots == 4
            assert all(str(tmp_path) in str(complaint) for complaint in loaded.complaints)


def test_a_name_belongs_to_one_server(tmp_path: Path) -> None:
    """A server is called as no other one of any kind, and not as this machine; the line is told."""
    path = tmp_path / "config.toml"
    path.write_text(
        '[semaphore.emea]\nurl = "https://s.example"\n'
        '[gitea.emea]\nurl = "https://g.example"\n'
        '[gitea.local]\nurl = "https://l.example"\n'
    )
    loaded = load(path, environ={})
    assert [(one.where, one.message) for one in loaded.complaints] == [
        (f"{path}:3", "gitea.emea: semaphore.emea has that name already; give one another"),
        (f"{path}:5", "gitea.local is what this machine is called: give the server another name"),
    ]
    assert list(loaded.settings.semaphore) == ["emea"]
    assert loaded.settings.gitea == {}
