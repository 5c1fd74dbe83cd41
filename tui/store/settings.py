"""The user's settings: a TOML file that the program only reads.

Arguments and the environment take precedence. Errors are reported with their place before anything starts: a
setting that is silently ignored is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tui.core.errors import OmniError, UsageError
from tui.core.limits import MAX_BODY_MIB, SILENCE_MS
from tui.core.text import clip, safe_line
from tui.store.files import config_dir, read_at_once

_NAME = "settings.toml"
_MOST_BYTES = 64 * 2**10
_MOST_BODY_MIB = 4_096
_LONGEST_SILENCE_S = 3_600
_QUOTED_CELLS = 100


class Settings(NamedTuple):
    """The settings of the file, with defaults.

    Attributes:
        base_url: The API's address; None for PyAI's own.
        api_key_file: A private file with the key; None if there is none.
        time: The style of times, by its name.
        layout: "chat", "script" or "outline"; None to choose by the width.
        mouse: Whether mouse reports are on.
        full_redraw: Whether each update sends the whole screen instead of changes.
        background: The terminal's background, "dark" or "light"; None to detect it.
        max_body_mib: The longest transcript accepted, in MiB after decompression.
        cache: Whether calls are stored on this machine.
        silence: From which length on a silence is a moment, in seconds.
    """

    base_url: str | None = None
    api_key_file: Path | None = None
    time: str = "offset"
    layout: str | None = None
    mouse: bool = True
    full_redraw: bool = False
    background: str | None = None
    max_body_mib: int = MAX_BODY_MIB
    cache: bool = True
    silence: float = SILENCE_MS / 1000

    @property
    def max_body_bytes(self) -> int:
        """The longest transcript accepted, in bytes."""
        return self.max_body_mib * 2**20

    @property
    def silence_ms(self) -> int:
        """From which length on a silence is a moment, in ms."""
        return round(self.silence * 1000)


class _Rule(NamedTuple):
    """The rule for a setting.

    Attributes:
        allows: Whether a value is valid.
        wanted: The valid values, in words.
        made: Converts a valid value.
    """

    allows: Callable[[Any], bool]
    wanted: str
    made: Callable[[Any], Any] = lambda value: value


def load(file: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        file: The file, which must exist; None for the default one, which may be missing.

    Raises:
        UsageError: The file is unreadable, no TOML, or has an invalid value; names the place.
    """
    if file is None:
        file = _usual_place()
        if file is None or not _is_there(file):
            return Settings()
    try:
        data = read_at_once(file, _MOST_BYTES)
    except OmniError as error:
        raise UsageError(f"the settings cannot be read: {error.what}", error.hint) from error
    return Settings(**_checked(file, _parsed(file, data)))


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
        raise UsageError(f"the settings in {file} are no TOML: {error}", "mend or remove the file") from error


def _checked(file: Path, said: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = _rules()
    for name, value in said.items():
        if name not in rules:
            raise UsageError(f"there is no setting {name} (in {file})", f"there are {', '.join(rules)}")
        if not rules[name].allows(value):
            raise UsageError(f"the setting {name} is {_quoted(value)} (in {file})", f"it can be {rules[name].wanted}")
    return {name: rules[name].made(value) for name, value in said.items()}


def _quoted(value: Any) -> str:
    """A value for a message; Python refuses to print numbers of thousands of digits."""
    try:
        return clip(safe_line(repr(value)), _QUOTED_CELLS)
    except ValueError:
        return "a number too long to be written out"


def _rules() -> Mapping[str, _Rule]:
    from tui.core.layout import Layout, TimeStyle

    flag = _Rule(lambda value: isinstance(value, bool), "true or false")
    return {
        "base_url": _Rule(_is_text, "an https address"),
        "api_key_file": _Rule(_is_text, "the path of a private file", _at_home),
        "time": _one_of(style.value for style in TimeStyle),
        "layout": _one_of(layout.value for layout in Layout),
        "mouse": flag,
        "full_redraw": flag,
        "background": _one_of(("dark", "light")),
        "cache": flag,
        "silence": _Rule(_is_silence, f"a number of seconds from 0.1 to {_LONGEST_SILENCE_S:,}"),
        "max_body_mib": _Rule(_is_size, f"a whole number from 1 to {_MOST_BODY_MIB:,}"),
    }


def _at_home(text: str) -> Path:
    """A path with ``~`` expanded.

    Raises:
        UsageError: There is no such user, or the path is invalid.
    """
    try:
        path = Path(text).expanduser()
    except (RuntimeError, ValueError):
        path = None
    if path is None or "\0" in text:
        raise UsageError(f"the setting api_key_file is {_quoted(text)}", "name a file, by its whole path")
    return path


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_size(value: Any) -> bool:
    return type(value) is int and 1 <= value <= _MOST_BODY_MIB  # bool is an int too


def _is_silence(value: Any) -> bool:
    return type(value) in {int, float} and 0.1 <= value <= _LONGEST_SILENCE_S  # also false of NaN


def _one_of(names: Iterable[str]) -> _Rule:
    allowed = tuple(names)
    return _Rule(lambda value: value in allowed, " or ".join((", ".join(allowed[:-1]), allowed[-1])))
