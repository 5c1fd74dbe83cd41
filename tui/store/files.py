"""The program's directories, and reading and writing of files: private, and atomic.

Owns paths and the two operations, not the content of files. Every
error of the file system is translated here.
"""

from __future__ import annotations

import errno
import os
import select
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

from tui.core.errors import BadAnswerError, OutputError, UsageError
from tui.core.limits import RAISE_LIMIT
from tui.core.text import clip, safe_line

_APP = "omni-transcripts"
_PIPE_PATIENCE_S = 5.0

_NO_NAME = "no file can have such a name"
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

_UNNAMED_UNSUPPORTED = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL}
_NO_LINKS = {
    errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV,
    errno.ENOENT,  # no /proc; or the directory is gone, which the next attempt reports
}  # fmt: skip


def write_new(path: Path, data: bytes, *, force: bool = False, before_naming: BeforeNaming = lambda: None) -> None:
    """Write a whole file, as ``new_file`` does."""
    with new_file(path, force=force, before_naming=before_naming) as file:
        file.write(data)


@contextmanager
def new_file(path: Path, *, force: bool = False, before_naming: BeforeNaming = lambda: None) -> Iterator[BinaryIO]:
    """Write a file of mode 0600 atomically: at any moment the path holds the old file or the new one.

    The ``with`` body writes the content; an exception in it leaves nothing behind.
    Where the system supports it (Linux), the file has no name while it is written: not even SIGKILL leaves a part
    of it behind. Elsewhere SIGKILL leaves a draft, ``.omni-transcripts-…``, beside the old file.

    A symbolic link is refused even with ``force``, as its target is not the path the user gave. So is everything
    else that is no regular file, as it cannot be replaced safely (see ``streams``).

    Args:
        path: The target. Its directory must exist.
        force: Replace a file that exists, instead of refusing.
        before_naming: Called when all is written but not yet named; an exception aborts.

    Raises:
        OutputError: It exists, is no regular file, or cannot be written. The old file is then unchanged, and
            nothing else is left behind.
    """
    with translate_errors(path), ExitStack() as drafts:
        _check_target(path, force=force)
        descriptor, draft = _open_unnamed(path.parent), None
        if descriptor is None:
            descriptor, draft = _open_draft(path.parent, drafts)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            _settle(file)
            before_naming()
            if draft is not None or not _named_by_link(descriptor, path, force=force):
                _name_draft(draft or _copied(file, path.parent, drafts), path, force=force)
        _sync(path.parent)


def is_file(name: str) -> bool:
    """Whether a typed name is an existing regular file or pipe."""
    try:
        mode = expanded(name).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


def is_same(name: str, path: Path) -> bool:
    """Whether a typed name and a path lead to one existing file."""
    try:
        return expanded(name).samefile(path)
    except (OSError, ValueError):
        return False


def expanded(name: str | Path) -> Path:
    """Expand ``~`` as a shell does; unchanged if there is no such user."""
    path = Path(name)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def whole_path(path: Path) -> str:
    """The absolute path, safe and of bounded length, for messages."""
    with suppress(OSError):  # the current directory is gone
        path = path.absolute()
    return named(path)


def read_bounded(path: Path, limit_bytes: int) -> bytes:
    """Read a file of at most ``limit_bytes``. It may be a pipe, as made by a shell's ``<(…)``.

    Raises:
        UsageError: It does not exist, is a directory or may not be read.
        BadAnswerError: It is larger than the limit.
    """
    with _translate_read_errors(path), path.open("rb") as file:
        data = file.read(limit_bytes + 1)
    return _check_limit(limit_bytes, data, path, RAISE_LIMIT)


def read_at_once(path: Path, limit_bytes: int) -> bytes:
    """Like ``read_bounded``, for files needed at startup: waits for a pipe for a few seconds only.

    Raises:
        UsageError: As for ``read_bounded``; or a pipe had no data for some seconds.
        BadAnswerError: It is larger than the limit.
    """
    with _translate_read_errors(path), open_at_once(path) as file:
        data = read_to_end(file, limit_bytes)
    return _check_limit(limit_bytes, data, path, "")


def open_at_once(path: Path) -> BinaryIO:
    """Open a file for reading without waiting for the writer of a pipe."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0)


def read_to_end(file: BinaryIO, limit_bytes: int) -> bytes:
    """Read an unbuffered file, up to one byte beyond the limit.

    Raises:
        TimeoutError: A pipe had no data for some seconds.
        OSError: It cannot be read.
    """
    data = b""
    while len(data) <= limit_bytes:
        if not select.select([file], [], [], _PIPE_PATIENCE_S)[0]:
            raise TimeoutError(errno.ETIMEDOUT, "nobody writes to this pipe")
        piece = file.read(limit_bytes + 1 - len(data))
        if piece == b"":
            break
        data += piece or b""  # None: no data after all
    return data


def _check_limit(limit_bytes: int, data: bytes, path: Path, hint: str) -> bytes:
    if len(data) > limit_bytes:
        raise BadAnswerError(f"{named(path)} is larger than {limit_bytes / 2**20:,.3g} MiB", hint)
    return data


@contextmanager
def _translate_read_errors(path: Path) -> Iterator[None]:
    """Translate errors of reading into UsageError."""
    try:
        yield
    except IsADirectoryError as exc:
        raise UsageError(f"{named(path)} is a directory", "name a file in it") from exc
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise no_such_file(path) from exc
    except (OSError, ValueError) as exc:
        raise UsageError(f"{named(path)} cannot be read: {_reason(exc)}") from exc


def no_such_file(path: Path) -> UsageError:
    """The error for a path that does not exist."""
    return UsageError(f"no such file: {named(path)}", _missing_part(path))


def _missing_part(path: Path) -> str:
    """For a missing file: whether its directory exists, in words."""
    directory = path.parent
    if directory.is_dir():
        return f"it is not in {whole_path(directory)}"
    if directory.exists():
        return f"{whole_path(directory)} is no directory"
    return f"there is no directory {whole_path(directory)}"


def private_dir(path: Path) -> Path:
    """Create a directory of mode 0700 if it is missing, and return it.

    Raises:
        OutputError: It cannot be created, or is no directory; the reason stands before the path, which is long.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o700)
    except FileExistsError as exc:
        raise OutputError(f"a file is in the way ({named(path)} is no directory)", "move it out of the way") from exc
    except (OSError, ValueError) as exc:
        why, hint = _why_not_written(exc)
        raise OutputError(f"{why} ({whole_path(path)} was not made)", hint) from exc
    return path


def state_dir() -> Path:
    """The directory for the program's data; may not exist yet. Raises OutputError without a home directory."""
    return _place("state")


def config_dir() -> Path:
    """The directory for settings; may not exist yet. Raises OutputError without a home directory."""
    return _place("config")


def _place(kind: Literal["state", "config"]) -> Path:
    import platformdirs

    find = {"state": platformdirs.user_state_path, "config": platformdirs.user_config_path}[kind]
    try:
        path = find(_APP, appauthor=False)
    except RuntimeError as exc:
        raise _no_home() from exc
    if not path.is_absolute():  # older versions of platformdirs do not raise
        raise _no_home()
    return path


def _no_home() -> OutputError:
    return OutputError("there is no home directory to keep files in", "set HOME")


def _check_target(path: Path, *, force: bool) -> None:
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


def _open_unnamed(directory: Path) -> int | None:
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None:
        return None
    try:
        return os.open(directory, flag | os.O_RDWR, 0o600)
    except OSError as exc:
        if exc.errno not in _UNNAMED_UNSUPPORTED:
            raise
        return None


def _named_by_link(descriptor: int, path: Path, *, force: bool) -> bool:
    """Link an open file to its path (open(2), ``O_TMPFILE``); False if the system cannot."""
    try:
        _name(descriptor, path, force=force)
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        return False
    return True


def _name(descriptor: int, path: Path, *, force: bool) -> None:
    """Link an open file to its path; with ``force``, to a draft name that is then renamed."""
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
    # Given a directory descriptor, which an absolute path does not need, Python asks the system to follow the
    # link in /proc; without one it would hard-link the symbolic link itself.
    os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor)


def _open_draft(directory: Path, drafts: ExitStack) -> tuple[int, Path]:
    """Open a draft beside the target, which is removed in the end unless it was renamed."""
    import tempfile  # slow to import

    descriptor, name = tempfile.mkstemp(prefix=f".{_APP}-", dir=directory)
    draft = Path(name)
    drafts.callback(draft.unlink, missing_ok=True)
    return descriptor, draft


def _copied(file: BinaryIO, directory: Path, drafts: ExitStack) -> Path:
    """A draft with the content of an unnamed file that cannot be linked."""
    import shutil

    descriptor, draft = _open_draft(directory, drafts)
    with os.fdopen(descriptor, "wb") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        _settle(copy)
    return draft


def _settle(file: BinaryIO) -> None:
    """Flush the content to disk."""
    file.flush()
    os.fsync(file.fileno())


def _name_draft(draft: Path, path: Path, *, force: bool) -> None:
    """Give a draft its name; without ``force``, fails if the path exists, even if it was created a moment ago."""
    if force:
        draft.replace(path)
        return
    try:
        path.hardlink_to(draft)
    except OSError as exc:
        if exc.errno not in _NO_LINKS:
            raise
        # FAT and some network file systems: create an empty file, then replace it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        draft.replace(path)


def _sync(directory: Path) -> None:
    """Flush the directory entry to disk, where the file system supports it."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Translate errors of writing into OutputError; refuses a name that no file can have."""
    if not _can_be_a_name(path):
        raise OutputError(f"{whole_path(path)} was not written: {_NO_NAME}")
    try:
        yield
    except OSError as exc:
        why, hint = _why_not_written(exc)
        place = whole_path(path)
        if exc.errno == errno.ENOENT:
            place, why = named(path), f"there is no directory {whole_path(path.parent)}"
        raise OutputError(f"{place} was not written: {why}", hint) from exc


def _can_be_a_name(path: Path) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _why_not_written(exc: OSError | ValueError) -> tuple[str, str]:
    """The reason for an error of writing, and what to do about it."""
    return _WHY_NOT_WRITTEN.get(getattr(exc, "errno", 0), (_reason(exc), ""))


def named(path: Path) -> str:
    """A path for a message, shortened to leave room for the reason."""
    return clip(safe_line(str(path)), 200)


def _reason(exc: OSError | ValueError) -> str:
    """The system's text for an error; a ValueError means an invalid name."""
    if isinstance(exc, OSError):
        return (exc.strerror or type(exc).__name__).lower()
    return _NO_NAME
