"""``omni-transcripts completion``: what makes a shell complete our command line, for its start-up file."""

from __future__ import annotations

import argparse

import shtab

from tui.commands.output import write_out
from tui.core.errors import ExitStatus


def completion(parser: argparse.ArgumentParser, shell: str) -> ExitStatus:
    """Print the completion script of a command line.

    Args:
        parser: The command line.
        shell: bash, zsh or tcsh.

    Raises:
        OutputError: It could not be written.
    """
    write_out(shtab.complete(parser, shell).encode() + b"\n")
    return ExitStatus.DONE
