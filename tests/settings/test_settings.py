"""File, profile and environment become settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from skyforge_tui.settings.load import load
from tests.settings.loading import loaded_from, said


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    """A missing file is fine; folders are the XDG ones."""
    loaded = load(
        environ={
            "XDG_CONFIG_HOME": f"{tmp_path}/c",
            "XDG_STATE_HOME": f"{tmp_path}/s",
            "XDG_CACHE_HOME": f"{tmp_path}/k",
        }
    )
    assert loaded.complaints == ()
    assert loaded.config_path == tmp_path / "c/skyforge/config.toml"
    assert not loaded.config_exists
    settings = loaded.checked()
    assert settings.state_dir == tmp_path / "s/skyforge"
    assert settings.cache_dir == tmp_path / "k/skyforge"
    assert settings.local.slots == 4
    assert settings.workspace.roots == ()
    assert {str(origin) for origin in loaded.origins.values()} == {"default"}


def test_every_layer_outranks_the_ones_below_and_is_named_as_origin(tmp_path: Path) -> None:
    """Environment beats profile, profile beats file, file beats default; each value says which."""
    loaded, path = loaded_from(
        tmp_path,
        '[look]\ntheme = "light"\nglyphs = "ascii"\nmotion = false\n'
        '[profiles.lab.look]\ntheme = "contrast"\nglyphs = "unicode"\n',
        "lab",
        SKYFORGE_LOOK__THEME="mono",
    )
    assert said(loaded) == []
    look = loaded.settings.look
    assert (look.theme, look.glyphs, look.motion) == ("mono", "unicode", False)
    assert {".".join(map(str, key)): str(origin) for key, origin in loaded.origins.items()} == {
        "profile": "option --profile",
        "artifacts.directory": "default",
        "artifacts.store": "default",
        "artifacts.age": "default",
        "artifacts.size": "default",
        "retention.age": "default",
        "retention.size": "default",
        "retention.host_age": "default",
        "retention.host_runs": "default",
        "state_dir": "default",
        "cache_dir": "default",
        "workspace.name": "default",
        "workspace.roots": "default",
        "local.slots": "default",
        "look.theme": "environment variable SKYFORGE_LOOK__THEME",
        "look.glyphs": f"profile lab, {path}:7",
        "look.motion": f"{path}:4",
    }


@pytest.mark.parametrize(
    ("profile", "environ", "theme", "origin"),
    [
        (None, {}, "light", "{path}:1"),
        (None, {"SKYFORGE_PROFILE": "b"}, "mono", "environment variable SKYFORGE_PROFILE"),
        (None, {"SKYFORGE_PROFILE": ""}, "light", "{path}:1"),
        ("c", {"SKYFORGE_PROFILE": "b"}, "contrast", "option --profile"),
    ],
)
def test_the_command_line_then_the_environment_then_the_file_choose_the_profile(
    tmp_path: Path, profile: str | None, environ: dict[str, str], theme: str, origin: str
) -> None:
    """`--profile` beats SKYFORGE_PROFILE beats `profile =`; an empty variable is unset."""
    text = 'profile = "a"\n'
    for name, its in (("a", "light"), ("b", "mono"), ("c", "contrast")):
        text += f'[profiles.{name}.look]\ntheme = "{its}"\n'
    loaded, path = loaded_from(tmp_path, text, profile, **environ)
    assert loaded.settings.look.theme == theme
    assert str(loaded.origins[("profile",)]) == origin.format(path=path)


def test_an_unknown_profile_is_refused_and_no_server_of_the_base_is_used_instead(
    tmp_path: Path,
) -> None:
    """Whoever asks for a profile that is not there does not get other servers."""
    loaded, _ = loaded_from(
        tmp_path,
        '[semaphore.prod]\nurl = "https://s.example"\n[profiles.staging.local]\nslots = 2\n',
        "stagign",
    )
    assert said(loaded) == ["option --profile: there is no profile stagign (did you mean staging?)"]
    assert loaded.settings.semaphore == {}


def test_any_number_of_instances_of_each_kind(tmp_path: Path) -> None:
    """Upstreams are named instances; a profile adds to them and changes them."""
    loaded, _ = loaded_from(
        tmp_path,
        """
        [semaphore.prod]
        url = "https://s.example/sub/"
        token = "env:SEM"
        guard = "confirm"
        [semaphore.dev]
        url = "http://[::1]:3000"
        username = "ada"
        password = "cmd:pass show sem"
        tls = { verify = false }
        [gitea.code]
        url = "https://g.example"
        token = "file:~/g"
        [eve.one]
        url = "https://e.example"
        [eve.two.ssh]
        host = "e2"
        key = "~/.ssh/id"
        [netlab.here]
        [netlab.far]
        host = "n1"
        port = 2222
        [containerlab.clab]
        [s3.art]
        bucket = "art"
        endpoint = "http://127.0.0.1:9000"
        access_key = "keyring:art"
        [profiles.night.semaphore.prod]
        guard = "read-only"
        [profiles.night.semaphore.extra]
        url = "https://x.example"
        """,
        "night",
    )
    assert said(loaded) == []
    settings = loaded.settings
    assert sorted(settings.semaphore) == ["dev", "extra", "prod"]
    assert settings.semaphore["prod"].url == "https://s.example/sub"
    assert settings.semaphore["prod"].guard == "read-only"
    assert str(settings.semaphore["prod"].token) == "env:SEM"
    assert str(settings.semaphore["dev"].password) == "cmd:pass …"
    assert not settings.semaphore["dev"].tls.verify
    assert settings.eve["two"].ssh is not None
    assert settings.netlab["here"].host is None
    assert (settings.netlab["far"].host, settings.netlab["far"].port) == ("n1", 2222)
    with pytest.raises(ValueError, match="frozen"):
        settings.profile = "x"


def test_the_environment_sets_any_key(tmp_path: Path) -> None:
    """Variables become numbers, booleans, lists and paths; a name may stand for one with `-`."""
    loaded, _ = loaded_from(
        tmp_path,
        '[eve.lab-1]\nurl = "https://e.example"\n',
        SKYFORGE_LOCAL__SLOTS="2",
        SKYFORGE_LOOK__MOTION="off",
        SKYFORGE_WORKSPACE__ROOTS="/a:rel",
        SKYFORGE_STATE_DIR="rel/state",
        SKYFORGE_EVE__LAB_1__USERNAME="ada",
        SKYFORGE_GITEA__OLD__URL="https://o.example",
        SKYFORGE_GITEA__OLD__ADMINS='["ada", "b,c"]',
        SKYFORGE_GITEA__CODE__URL="https://g.example",
        SKYFORGE_GITEA__CODE__ADMINS="ada, bob",
        SKYFORGE_GITEA__CODE__TLS__VERIFY="false",
        SKYFORGE_EVE__SSH__SSH__HOST="e2",
        SKYFORGE_CACHE_DIR="",
    )
    assert said(loaded) == []
    settings = loaded.settings
    assert settings.local.slots == 2
    assert not settings.look.motion
    assert settings.workspace.roots == (Path("/a"), Path.cwd() / "rel")
    assert settings.state_dir == Path.cwd() / "rel/state"
    assert settings.eve["lab-1"].username == "ada"
    assert settings.gitea["old"].admins == ("ada", "b,c")
    assert settings.gitea["code"].admins == ("ada", "bob")
    assert not settings.gitea["code"].tls.verify
    assert settings.eve["ssh"].ssh is not None


def test_keys_may_be_written_with_or_without_quotes(tmp_path: Path) -> None:
    """An action id with a dot is the same key whether TOML sees a table or a quoted name."""
    loaded, path = loaded_from(tmp_path, '[keys]\nrun.rerun = "s"\n"run.stop" = "ctrl+x"\n')
    assert loaded.settings.keys == {"run.rerun": ("s",), "run.stop": ("ctrl+x",)}
    assert str(loaded.origins["keys", "run.rerun"]) == f"{path}:2"
