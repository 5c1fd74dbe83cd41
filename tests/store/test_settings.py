"""The settings file: what it may say, and how it is told what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.core.errors import UsageError
from tui.store.settings import load

ALL = """
base_url = "https://omni.example"
api_key_file = "~/key"
time = "utc"
layout = "script"
mouse = false
full_redraw = true
background = "light"
max_body_mib = 200
silence = 2.5
cache = false
cache_mib = 100
cache_days = 30
player = "mpv --no-video"

[keys]
find = ["f", "ctrl+x"]
"""


def written(directory: Path, text: str | bytes) -> Path:
    path = directory / "settings.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        load(path)
    return caught.value.line()


def test_everything_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load(written(tmp_path, ALL)) == {
        "base_url": "https://omni.example", "api_key_file": tmp_path / "key", "time": "utc", "layout": "script",
        "mouse": False, "full_redraw": True, "background": "light", "max_body_bytes": 200 * 2**20,
        "silence_ms": 2_500, "cache": False, "cache_bytes": 100 * 2**20, "cache_days": 30,
        "player": "mpv --no-video", "keys": {"find": ("f", "ctrl+x")},
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff"])
def test_a_file_may_set_nothing(tmp_path: Path, text: str) -> None:
    assert load(written(tmp_path, text)) == {}


def test_the_default_file_may_be_empty_or_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load() == {}
    (tmp_path / "omni-transcripts").mkdir()
    written(tmp_path / "omni-transcripts", 'time = "gap"')
    assert load() == {"time": "gap"}


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.toml").startswith("the settings cannot be read: no such file")
    assert refusal(tmp_path).startswith("the settings cannot be read:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('tme = "gap"', "there is no setting tme"),
        ("[time]", "the setting time is {}"),
        ('time = "sometimes"', "it can be offset, local, utc, gap or off"),
        ('layout = "grid"', "it can be chat, script or outline"),
        ('keys = "j"', "the setting keys is 'j'"),
        ('[keys]\nfind = "j"', "j is both next_turn and find in a call (in "),
        ("mouse = 1", "it can be true or false"),
        ('full_redraw = "no"', "it can be true or false"),
        ("silence = 0", "a number of seconds from 0.1 to 3,600"),
        ("silence = true", "a number of seconds"),
        ("silence = nan", "a number of seconds"),
        ("silence = inf", "a number of seconds"),
        ('silence = "3s"', "a number of seconds"),
        ("max_body_mib = 0", "a whole number from 1 to 4,096"),
        ("max_body_mib = true", "a whole number"),
        ("max_body_mib = 64.0", "a whole number"),
        ("max_body_mib = 9999999", "a whole number"),
        ('base_url = " "', "an https address"),
        ("api_key_file = 7", "the path of a private file"),
        ('api_key_file = "~nobody-of-that-name/key"', "the path of a private file"),
        ('api_key_file = "a\\u0000b"', "the path of a private file"),
        ("time = ", "are no TOML"),
        ("a" * 70_000, "larger than"),
        (b"\xff\xfe", "are no TOML"),
        ("a=" + "[" * 20_000, "are no TOML: they are nested too deeply"),
        ('"\\u001b[2J" = 1', "there is no setting ␛"),
    ],
)
def test_invalid_settings_are_reported(tmp_path: Path, text: str | bytes, said: str) -> None:
    line = refusal(written(tmp_path, text))
    assert said in line
    assert "\x1b" not in line
