"""Hands a link to the user's player: a process of its own, whose output stays away from the screen.

It runs without a shell, in a session of its own, so that no key and no signal of the terminal reaches it. The API key
is not in its environment. The link is its last argument, and is kept nowhere.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress

from tui.core.background import in_daemon_thread
from tui.core.command_words import command_words
from tui.core.errors import OutputError
from tui.core.text import clip, safe_line

_NAME_CELLS = 40
_HINT = "see player in the settings"


class Player:
    """Plays one link at a time.

    Args:
        command: The command of the settings, such as ``mpv --no-video``.
        environ: The environment, from which secrets are left out.
        secrets: Names of variables that the player does not get, nor what has the same value.
    """

    def __init__(self, command: str, environ: Mapping[str, str], secrets: tuple[str, ...]) -> None:
        self._words = command_words(command)
        self._environ = without_secrets(environ, secrets)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    @property
    def name(self) -> str:
        """The name of the program, safe to show."""
        return clip(safe_line(os.path.basename(self._words[0])), _NAME_CELLS)  # noqa: PTH119 - a word, and no path yet

    @property
    def is_playing(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    async def start(self, url: str) -> None:
        """Begin to play a link.

        Raises:
            OutputError: The player cannot be started.
        """
        self._is_stopped = False
        await in_daemon_thread(self._start, url)

    async def ended(self) -> int:
        """Wait until the player has ended; returns its exit status, below 0 the signal that ended it."""
        assert self._process is not None
        return await in_daemon_thread(self._process.wait)

    def _start(self, url: str) -> None:
        try:
            self._process = subprocess.Popen(
                [*self._words, url],
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no command"
            raise OutputError(f"{self.name} cannot be started: {why.lower()}", _HINT) from None
        if self._is_stopped:  # meanwhile
            self.stop()

    def stop(self) -> None:
        """End the player, and what it has started; one that is being started ends at once."""
        self._is_stopped = True
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGTERM)


def without_secrets(environ: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """An environment without some variables, and without any that holds a value of theirs."""
    secrets = [value for name in names if (value := environ.get(name))]
    return {name: value for name, value in environ.items() if not any(secret in value for secret in secrets)}
