"""The words of a command in the settings."""

from __future__ import annotations

import pytest

from tui.core.command_words import command_words


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("mpv --no-video", ["mpv", "--no-video"]),
        ("'/opt/a player' $(x) ;", ["/opt/a player", "$(x)", ";"]),
        ("", []),
        ("  ", []),
        ("mpv 'open", []),
        ("a\0b", []),
    ],
)
def test_a_command_has_words(command: str, words: list[str]) -> None:
    assert command_words(command) == words
