"""The player: a process of its own, with the link as its last argument, without the key, away from the screen."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from tui.core.errors import OutputError
from tui.terminal.player import Player, without_secrets

URL = "https://files.example/a.wav?sig=x&y=$(touch%20z);`id`"
NOTES = """
import json, os, sys
from pathlib import Path
facts = {"argv": sys.argv[2:], "environ": dict(os.environ), "stdin": sys.stdin.read()}
facts["session"] = os.getsid(0) == os.getpid()
print("heard on the screen", flush=True)
Path(sys.argv[1]).write_text(json.dumps(facts))
sys.exit(3)
"""
"""A player that notes what it was given."""


def noting(tmp_path: Path) -> tuple[str, Path]:
    """A command that notes what it was given, and the file that it notes it in."""
    script, notes = tmp_path / "a player.py", tmp_path / "notes.json"
    script.write_text(NOTES)
    return f"'{sys.executable}' '{script}' '{notes}' --loud", notes


async def test_the_link_is_the_last_argument_and_no_shell_reads_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import json

    command, notes = noting(tmp_path)
    environ = {"PATH": "/bin", "PYAI_API_KEY": "pyai_secret", "COPY": "x pyai_secret y", "LANG": "C"}
    player = Player(command, environ, ("PYAI_API_KEY",))
    assert not player.is_playing
    await player.start(URL)
    assert await player.ended() == 3
    facts = json.loads(notes.read_text())
    assert facts["argv"] == ["--loud", URL]
    assert facts["environ"].items() >= {"PATH": "/bin", "LANG": "C"}.items()
    assert "pyai_secret" not in str(facts["environ"])
    assert facts["stdin"] == ""
    assert facts["session"]
    assert capfd.readouterr() == ("", "")
    assert not player.is_playing


async def test_it_can_be_stopped_with_all_that_it_started() -> None:
    player = Player("sh -c 'sleep 600 & wait'", {"PATH": "/usr/bin:/bin"}, ())
    player.stop()
    await player.start(URL)
    assert player.is_playing
    player.stop()
    assert await player.ended() == -15
    player.stop()


@pytest.mark.parametrize(
    ("command", "why"),
    [("no-such-player-anywhere --x", "no such file or directory"), ("/etc/passwd", "permission denied")],
)
async def test_a_player_that_cannot_be_started_says_why(command: str, why: str) -> None:
    with pytest.raises(OutputError, match=f"cannot be started: {why}") as caught:
        await Player(command, {"PATH": "/usr/bin:/bin"}, ()).start(URL)
    assert "sig" not in caught.value.line()


def test_its_name_is_safe_and_short() -> None:
    assert Player("/usr/bin/mpv --no-video", {}, ()).name == "mpv"
    assert Player("'/a/b\x1b[2Jc\nd'", {}, ()).name == "b␛c d"
    assert len(Player("x" * 900, {}, ()).name) == 40


def test_no_variable_with_the_key_is_passed_on() -> None:
    environ = {"K": "abc", "A": "1", "B": "xabcx", "C": "ab"}
    assert without_secrets(environ, ("K", "L")) == {"A": "1", "C": "ab"}
    assert without_secrets(environ, ("L",)) == environ


async def test_a_player_that_is_stopped_while_it_starts_does_not_play_on(monkeypatch: pytest.MonkeyPatch) -> None:
    may_start, popen = Event(), subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *words, **more: may_start.wait(20) and popen(*words, **more))
    player = Player("sleep", {"PATH": "/usr/bin:/bin"}, ())
    starting = asyncio.create_task(player.start("60"))
    await asyncio.sleep(0)
    player.stop()
    may_start.set()
    await starting
    assert await player.ended() == -15
