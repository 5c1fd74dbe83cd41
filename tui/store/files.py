"""Where the program keeps its files, and how it writes and reads one: private, whole or not at all.

Owns the places and the two operations. What stands in the files is the business of who writes them. Every
fault of the file system becomes one of ours here.
"""

from __future__ import annotations

import errno
import os
import select
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

from tui.core.errors import BadAnswerError, OutputError, UsageError
from tui.core.text import clip, safe_line

_APP = "omni-transcripts"
_PIPE_PATIENCE_S = 5.0

_WHY_NOT_WRITTEN = {
    errno.EEXIST: ("there is a file already", "--force replaces it"),
    errno.ENOENT: ("its directory is not there", "make it first"),
    errno.ENOTDIR: ("a part of the path is no directory", ""),
    errno.EISDIR: ("it is a directory", "name a file in it"),
    errno.EACCES: ("you may not write there", ""),
    errno.EPERM: ("you may not write there", ""),
    errno.EROFS: ("the file system is read-only", ""),
    errno.ENOSPC: ("the disk is full", ""),
    errno.EDQUOT: ("your quota of the disk is used up", ""),
    errno.ENAMETOOLONG: ("the name is too long", ""),
    errno.ELOOP: ("its symbolic links go round in a circle", ""),
}
BeforeNaming = Callable[[], object]

_NO_NAMELESS = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL}
_NO_LINKS = {
    errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV,
    errno.ENOENT,  # no /proc, or the directory has gone, which the next attempt tells
}  # fmt: skip


def write_new(path: Path, data: bytes, *, force: bool = False, before_naming: BeforeNaming = lambda: None) -> None:
    """Write a file of mode 0600, so that at any moment what stands there is the old one or the new.

    While it is written it has no name, where the system can do that (Linux): then not even SIGKILL leaves a part
    of it behind. Elsewhere SIGKILL leaves a draft, ``.omni-transcripts-…``, beside the old file.

    A symbolic link is refused even with ``force``: where it leads is not where the user pointed. So is all
    that is no regular file, since it cannot be replaced by one without harm (see ``streams``).

    Args:
        path: Where to write. Its directory must exist.
        data: All of the content.
        force: Replace a file that exists, instead of refusing.
        before_naming: Called when all is written but has no name yet, maybe twice; what it raises ends the writing, and
            nothing is left behind.

    Raises:
        OutputError: It exists, is no regular file, or cannot be written. What was there is unchanged then, and
            nothing else is left behind.
    """
    with translate_errors(path):
        _refuse_odd_targets(path, force=force)
        if not _put_nameless(path, data, force=force, before_naming=before_naming):
            _put_draft(path, data, force=force, before_naming=before_naming)
        _sync(path.parent)


def is_file(name: str) -> bool:
    """Whether a name, as typed, is that of a file that can be read: a regular one or a pipe, but no directory."""
    try:
        mode = expanded(name).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


def expanded(name: str | Path) -> Path:
    """The path that is typed, with ``~`` as the shell has it; as it is where nobody has that name."""
    path = Path(name)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def whole_path(path: Path) -> str:
    """The path from the root on, safe and of bounded length: what is told of a file also holds elsewhere."""
    with suppress(OSError):  # the current directory is gone
        path = path.absolute()
    return _named(path)


def read_bounded(path: Path, limit_bytes: int, *, hint: str = "") -> bytes:
    """All of a file, but no more than ``limit_bytes``. It may be a pipe, as a shell's ``<(…)`` makes one.

    Args:
        path: The file.
        limit_bytes: The most that is read.
        hint: What to do about a larger one.

    Raises:
        UsageError: It does not exist, is a directory or may not be read.
        BadAnswerError: It is larger than the limit.
    """
    with _reading_told(path), path.open("rb") as file:
        data = file.read(limit_bytes + 1)
    return _within(limit_bytes, data, path, hint)


def read_at_once(path: Path, limit_bytes: int) -> bytes:
    """As ``read_bounded``, for what the program needs before it can do anything: it waits for no pipe for long.

    Raises:
        UsageError: As there; or it is a pipe to which nobody has written for some seconds.
        BadAnswerError: It is larger than the limit.
    """
    with _reading_told(path), open_at_once(path) as file:
        data = read_to_end(file, limit_bytes)
    return _within(limit_bytes, data, path, "")


def open_at_once(path: Path) -> BinaryIO:
    """Open a file to read it; a pipe too, where opening would wait for somebody to write."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0)


def read_to_end(file: BinaryIO, limit_bytes: int) -> bytes:
    """What an unbuffered file holds, and no more than a byte beyond the limit.

    Raises:
        TimeoutError: It is a pipe to which nobody has written for some seconds.
        OSError: It cannot be read.
    """
    data = b""
    while len(data) <= limit_bytes:
        if not select.select([file], [], [], _PIPE_PATIENCE_S)[0]:
            raise TimeoutError(errno.ETIMEDOUT, "nobody writes to this pipe")
        piece = file.read(limit_bytes + 1 - len(data))
        if piece == b"":
            break
        data += piece or b""  # nothing yet after all
    return data


def _within(limit_bytes: int, data: bytes, path: Path, hint: str) -> bytes:
    if len(data) > limit_bytes:
        raise BadAnswerError(f"{_named(path)} is larger than {limit_bytes / 2**20:,.3g} MiB", hint)
    return data


@contextmanager
def _reading_told(path: Path) -> Iterator[None]:
    """Foreign errors of reading as UsageError, in one line each."""
    try:
        yield
    except IsADirectoryError as exc:
        raise UsageError(f"{_named(path)} is a directory", "name a file in it") from exc
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise no_such_file(path) from exc
    except (OSError, ValueError) as exc:
        raise UsageError(f"{_named(path)} cannot be read: {_reason(exc)}") from exc


def no_such_file(path: Path) -> UsageError:
    """The fault of a path at which nothing is."""
    return UsageError(f"no such file: {_named(path)}", _where_it_is_not(path))


def _where_it_is_not(path: Path) -> str:
    """What is there in place of a file that is not: its directory, or not even that."""
    directory = path.parent
    if directory.is_dir():
        return f"it is not in {whole_path(directory)}"
    if directory.exists():
        return f"{whole_path(directory)} is no directory"
    return f"there is no directory {whole_path(directory)}"


def private_dir(path: Path) -> Path:
    """The directory, made if need be, that nobody but its owner can look into (mode 0700).

    Raises:
        OutputError: It cannot be made, or is no directory.
    """
    with translate_errors(path):
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError as exc:
            raise OutputError(f"{path} is no directory", "move it out of the way") from exc
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o700)
    return path


def state_dir() -> Path:
    """Where what the program remembers is kept; not made yet. Raises OutputError where there is no home."""
    return _place("state")


def config_dir() -> Path:
    """Where the user's settings are; not made yet. Raises OutputError where there is no home."""
    return _place("config")


def _place(kind: Literal["state", "config"]) -> Path:
    import platformdirs

    find = {"state": platformdirs.user_state_path, "config": platformdirs.user_config_path}[kind]
    try:
        path = find(_APP, appauthor=False)
    except RuntimeError as exc:
        raise _homeless() from exc
    if not path.is_absolute():  # older versions of platformdirs do not raise
        raise _homeless()
    return path


def _homeless() -> OutputError:
    return OutputError("there is no home directory to keep files in", "set HOME")


def _refuse_odd_targets(path: Path, *, force: bool) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise OutputError(f"{path} is a symbolic link", "name the file that it leads to")
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "", str(path))
    if not stat.S_ISREG(mode):
        raise OutputError(f"{path} is no regular file", "only omni-transcripts export writes to such")
    if not force:
        raise FileExistsError(errno.EEXIST, "", str(path))


def _put_nameless(path: Path, data: bytes, *, force: bool, before_naming: BeforeNaming) -> bool:
    """Write a file without a name, then name it (open(2), ``O_TMPFILE``); False where the system cannot."""
    descriptor = _open_nameless(path.parent)
    if descriptor is None:
        return False
    with os.fdopen(descriptor, "wb") as file:
        _fill(file, data)
        before_naming()
        try:
            _name(descriptor, path, force=force)
        except OSError as exc:
            if exc.errno not in _NO_LINKS:
                raise
            return False
    return True


def _open_nameless(directory: Path) -> int | None:
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None:
        return None
    try:
        return os.open(directory, flag | os.O_WRONLY, 0o600)
    except OSError as exc:
        if exc.errno not in _NO_NAMELESS:
            raise
        return None


def _name(descriptor: int, path: Path, *, force: bool) -> None:
    """Give an open file its name; one that exists is replaced only by a rename, so by force it has two in turn."""
    if not force:
        _link_open(descriptor, path)
        return
    draft = path.with_name(f".{_APP}-{os.urandom(8).hex()}")
    try:
        _link_open(descriptor, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _link_open(descriptor: int, path: Path) -> None:
    # With a descriptor for directories, which an absolute path does not need, Python asks the system to follow the
    # link in /proc; without one it would give that link itself another name.
    os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor)


def _put_draft(path: Path, data: bytes, *, force: bool, before_naming: BeforeNaming) -> None:
    """Write a file under a name of its own beside the other, then rename it."""
    import tempfile  # takes long, and no start waits for it

    descriptor, name = tempfile.mkstemp(prefix=f".{_APP}-", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, data)
        before_naming()
        if force:
            draft.replace(path)
        else:
            _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _fill(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _link(draft: Path, path: Path) -> None:
    """Give the draft its name, which fails if something has it already, even since a moment ago."""
    try:
        path.hardlink_to(draft)
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        # FAT and some network file systems: reserve the name, then replace what reserves it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        draft.replace(path)


def _sync(directory: Path) -> None:
    """Make the name as lasting as the content, where the file system knows how to."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Foreign errors of writing as OutputError, in one line each."""
    try:
        yield
    except OSError as exc:
        why, hint = _WHY_NOT_WRITTEN.get(exc.errno or 0, (_reason(exc), ""))
        named = whole_path(path)
        if exc.errno == errno.ENOENT:
            named, why = _named(path), f"there is no directory {whole_path(path.parent)}"
        raise OutputError(f"{named} was not written: {why}", hint) from exc
    except ValueError as exc:
        raise OutputError(f"{whole_path(path)} was not written: {_reason(exc)}") from exc


def _named(path: Path) -> str:
    """A path as it stands in a message; so short that there is room for what is wrong with it."""
    return clip(safe_line(str(path)), 200)


def _reason(exc: OSError | ValueError) -> str:
    """What the system calls the error; a ValueError can only be about the name."""
    if isinstance(exc, OSError):
        return (exc.strerror or type(exc).__name__).lower()
    return "no file can have such a name"
