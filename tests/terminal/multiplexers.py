"""tmux and screen around a command, each a server of its own that is ended with the test."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shlex import join

Wrap = str
"""A multiplexer: ``screen``, or ``tmux`` with settings behind it: ``tmux set-clipboard=on allow-passthrough=off``."""


def missing(wraps: Sequence[Wrap]) -> str:
    """The multiplexers that are not installed."""
    return ", ".join({wrap.split()[0] for wrap in wraps if not shutil.which(wrap.split()[0])})


@contextmanager
def wrapped(command: Sequence[str], wraps: Sequence[Wrap], directory: Path) -> Iterator[list[str]]:
    """A command within multiplexers, the outermost first; their servers end on leaving."""
    servers = list[list[str]]()
    made = list(command)
    for number, wrap in reversed(list(enumerate(wraps))):
        name, *options = wrap.split()
        session = f"test-{uuid.uuid4().hex}"
        file = directory / f"{name}-{number}.conf"
        if name == "tmux":
            file.write_text("".join(f"set -g {option.replace('=', ' ')}\n" for option in ("status=off", *options)))
            made = ["env", "-u", "TMUX", "tmux", "-L", session, "-f", str(file), "new-session", join(made)]
            servers.append(["tmux", "-L", session, "kill-server"])
        else:
            file.write_text("startup_message off\ndefutf8 on\naltscreen on\nmaptimeout 5\n")
            made = ["screen", "-U", "-c", str(file), "-S", session, *made]
            servers.append(["screen", "-S", session, "-X", "quit"])
    try:
        yield made
    finally:
        for server in servers:
            subprocess.run(server, capture_output=True, check=False)


def redraw(wrapped_command: Sequence[str]) -> None:
    """Let a tmux that is the outermost around a command draw its terminal anew from what it holds."""
    server = ["tmux", "-L", wrapped_command[wrapped_command.index("-L") + 1]]
    subprocess.run([*server, "refresh-client"], capture_output=True, check=False)
