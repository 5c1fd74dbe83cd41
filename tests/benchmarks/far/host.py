"""A far host: an sshd of its own in a network namespace, behind a slow link.

Owns the namespaces, the link, the sshd and its keys; all are gone when the context is left. Needs root, iproute2,
OpenSSH and a tun device, and says which of them is missing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.far.link import ADDRESSES, TUN, namespaces
from tests.benchmarks.terminal import Size, Terminal
from tests.benchmarks.workbench import MissingPeerError

PROMPT = "at-the-far-end"
"""What the far shell says when it waits for a command."""

_SSHD_DIRECTORY = Path("/run/sshd")
_SSHD = """\
ListenAddress {address}
HostKey {directory}/host
AuthorizedKeysFile {directory}/user.pub
PidFile none
StrictModes no
UsePAM no
PrintMotd no
PrintLastLog no
PermitRootLogin prohibit-password
"""
_SSH = """\
Host *
IdentityFile {directory}/user
UserKnownHostsFile /dev/null
StrictHostKeyChecking no
LogLevel ERROR
"""
_TMUX = "set -g status off\n"
_SCREEN = "startup_message off\n"
_FILES = {"sshd_config": _SSHD, "ssh_config": _SSH, "tmux.conf": _TMUX, "screenrc": _SCREEN}


@dataclass(frozen=True, slots=True)
class FarHost:
    """A host behind a slow link.

    Attributes:
        near: The network namespace of the terminal's side.
        directory: Holds the keys and the settings of ssh.
        environment: That of the far programs.
    """

    near: str
    directory: Path
    environment: Mapping[str, str]

    @contextmanager
    def shell(self, size: Size, *, inside: str = "") -> Iterator[Terminal]:
        """A terminal with a shell on the far host, at its prompt.

        Args:
            size: Of the terminal.
            inside: "tmux" or "screen", to start the shell in it; empty for neither.
        """
        kept = {name: self.environment[name] for name in ("HOME", "PATH", "LANG", "COLORTERM")}
        variables = [f"{name}={value}" for name, value in {**kept, "PS1": f"{PROMPT} ", "LESS": ""}.items()]
        with_variables = ["env", *variables]
        shell = shlex.join([*with_variables, *self._multiplexer(inside), *with_variables, "sh"])
        ssh = ["ssh", "-F", str(self.directory / "ssh_config"), "-tt", f"root@{ADDRESSES[1]}", shell]
        with Terminal(["ip", "netns", "exec", self.near, *ssh], size, self.environment) as terminal:
            terminal.until_shows(PROMPT)
            yield terminal

    def _multiplexer(self, name: str) -> Sequence[str]:
        commands = {
            "tmux": (
                "tmux",
                "-S",
                str(self.directory / "tmux"),
                "-f",
                str(self.directory / "tmux.conf"),
                "new-session",
            ),
            "screen": ("screen", "-c", str(self.directory / "screenrc")),
        }
        if name and shutil.which(name) is None:
            raise MissingPeerError(f"{name} is not installed")
        return commands.get(name, ())


@contextmanager
def far_host(directory: Path, environment: Mapping[str, str], *, delay_s: float, rate: float) -> Iterator[FarHost]:
    """A far host for as long as the context lasts.

    Args:
        directory: An empty one, for keys and settings.
        environment: That of the far programs and of ssh.
        delay_s: Of the link in each direction.
        rate: Bits a second in each direction.

    Raises:
        MissingPeerError: Something is missing that this takes.
    """
    _check_machine()
    name = f"omni{os.getpid()}"
    near, far = namespaces(name)
    with ExitStack() as stack:
        for namespace in (near, far):
            _run("ip", "netns", "add", namespace)
            stack.callback(_remove, namespace)
        link = [sys.executable, "-m", "tests.benchmarks.far.link", name, str(delay_s), str(rate)]
        _start(stack, link, "up")
        _make_files(directory)
        sshd = shutil.which("sshd") or "/usr/sbin/sshd"
        _start(stack, ["ip", "netns", "exec", far, sshd, "-D", "-e", "-f", str(directory / "sshd_config")], "listening")
        yield FarHost(near, directory, environment)


def _check_machine() -> None:
    if os.geteuid() != 0 or not TUN.exists():
        raise MissingPeerError(f"a slow link takes root and {TUN}")
    for command in ("ip", "ssh", "ssh-keygen"):
        if shutil.which(command) is None:
            raise MissingPeerError(f"{command} is not installed")
    if shutil.which("sshd") is None and not Path("/usr/sbin/sshd").exists():
        raise MissingPeerError("sshd is not installed")


def _make_files(directory: Path) -> None:
    _SSHD_DIRECTORY.mkdir(exist_ok=True)
    for key in ("host", "user"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / key))
    for file, text in _FILES.items():
        (directory / file).write_text(text.format(directory=directory, address=ADDRESSES[1]), encoding="utf-8")


def _start(stack: ExitStack, command: Sequence[str], sign: str) -> None:
    """Start what runs until the context is left, and wait until it says that it is ready."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    stack.enter_context(process)
    stack.callback(process.kill)
    assert process.stdout is not None
    said = ""
    while sign not in said.lower():
        said = process.stdout.readline()
        if not said:
            raise MissingPeerError(f"{command[0]} … {command[-1]} has ended before it was ready")


def _remove(namespace: str) -> None:
    """Remove a network namespace with all that runs in it: a multiplexer outlives its terminal."""
    listed = subprocess.run(["ip", "netns", "pids", namespace], check=True, capture_output=True, text=True)
    for pid in listed.stdout.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    _run("ip", "netns", "delete", namespace)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
