"""The user's settings: a TOML file that the program only reads.

The table in ``options`` describes its keys. Errors are reported with their place before anything starts: a
setting that is silently ignored is worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.core.errors import OmniError, UsageError
from tui.core.text import clip, safe_line
from tui.options import OPTIONS
from tui.store.files import config_dir, read_at_once

_NAME = "settings.toml"
_MOST_BYTES = 64 * 2**10
_QUOTED_CELLS = 100


def load(file: Path | None = None) -> dict[str, Any]:
    """Read the settings.

    Args:
        file: The file, which must exist; None for the default one, which may be missing.

    Returns:
        The values in the file, by the names of their options.

    Raises:
        UsageError: The file is unreadable, no TOML, or has an invalid value; names the place.
    """
    if file is None:
        file = _usual_place()
        if file is None or not _is_there(file):
            return {}
    try:
        data = read_at_once(file, _MOST_BYTES)
    except OmniError as error:
        raise UsageError(f"the settings cannot be read: {error.what}", error.hint) from error
    return _checked(file, _parsed(file, data))


def _usual_place() -> Path | None:
    try:
        return config_dir() / _NAME
    except OmniError:  # no home directory: no settings
        return None


def _is_there(file: Path) -> bool:
    """Whether the path exists; also true if that cannot be checked, as its settings may matter."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _parsed(file: Path, data: bytes) -> Mapping[str, Any]:
    import tomllib  # slow to import, and needed only with a settings file

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = _reason(error, is_wrong=isinstance(error, (tomllib.TOMLDecodeError, UnicodeDecodeError)))
        raise UsageError(f"the settings in {file} are no TOML: {reason}", "mend or remove the file") from error


def _reason(error: Exception, *, is_wrong: bool) -> str:
    """Why a text cannot be parsed; Python words its own limits for programmers."""
    if is_wrong:
        return str(error)
    return "they are nested too deeply" if isinstance(error, RecursionError) else "a number is too long"


def _checked(file: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    options = {option.setting: option for option in OPTIONS if option.setting}
    for key, value in said.items():
        if key not in options:
            raise UsageError(f"there is no setting {key} (in {file})", f"there are {', '.join(options)}")
        kind = options[key].kind
        if not kind.allows(value):
            raise UsageError(f"the setting {key} is {_quoted(value)} (in {file})", f"it can be {kind.wanted}")
    try:
        return {options[key].name: options[key].kind.made(value) for key, value in said.items()}
    except UsageError as error:
        raise UsageError(f"{error.what} (in {file})", error.hint) from error


def _quoted(value: Any) -> str:
    """A value for a message; Python refuses to print numbers of thousands of digits."""
    try:
        return clip(safe_line(repr(value)), _QUOTED_CELLS)
    except ValueError:
        return "a number too long to be written out"
