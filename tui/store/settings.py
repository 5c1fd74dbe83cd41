"""The user's settings: a file of TOML that the user writes and the program only reads.

Arguments and the environment go before it. What is wrong in it is told, by the place, before anything starts: a
setting that is silently not obeyed is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tui.core.errors import OmniError, UsageError
from tui.core.limits import MAX_BODY_MIB
from tui.core.text import clip, safe_line
from tui.store.files import config_dir, read_at_once

_NAME = "settings.toml"
_MOST_BYTES = 64 * 2**10
_MOST_BODY_MIB = 4_096
_QUOTED_CELLS = 100


class Settings(NamedTuple):
    """What the file says, and what holds where it says nothing.

    Attributes:
        base_url: The API's address; None for PyAI's own.
        api_key_file: A private file with the key; None for none.
        time: The style of times, by its name.
        layout: "chat" or "script"; None to go by the width.
        mouse: Whether the program takes the mouse.
        full_redraw: Whether each update is sent whole, and not only what changed.
        background: The terminal's, "dark" or "light"; None to go by what the terminal tells.
        max_body_mib: The longest transcript that is taken, in MiB after decompression.
        cache: Whether calls are kept on this machine.
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

    @property
    def max_body_bytes(self) -> int:
        """The same in bytes."""
        return self.max_body_mib * 2**20


class _Rule(NamedTuple):
    """What a setting may be.

    Attributes:
        allows: Whether a value can be meant.
        wanted: What is, in words.
        made: Makes of the value what the program uses.
    """

    allows: Callable[[Any], bool]
    wanted: str
    made: Callable[[Any], Any] = lambda value: value


def load(file: Path | None = None) -> Settings:
    """The settings.

    Args:
        file: Where they are; it must exist. None for the configuration directory, where it need not.

    Raises:
        UsageError: The file cannot be read, is no TOML, or says what cannot be meant; says where.
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
    except OmniError:  # without a home there are no settings
        return None


def _is_there(file: Path) -> bool:
    """Whether there is anything of that name; also where it cannot be looked at, as what is set there may matter."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _parsed(file: Path, data: bytes) -> Mapping[str, Any]:
    import tomllib  # whoever has no settings does not wait for it

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
    """A value as it stands in a message; Python writes out no number of thousands of digits."""
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
        "max_body_mib": _Rule(_is_size, f"a whole number from 1 to {_MOST_BODY_MIB:,}"),
    }


def _at_home(text: str) -> Path:
    """A path, of which ``~`` is the user's home.

    Raises:
        UsageError: There is no such user, or no file can have such a name.
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
    return type(value) is int and 1 <= value <= _MOST_BODY_MIB  # true is an int too


def _one_of(names: Iterable[str]) -> _Rule:
    allowed = tuple(names)
    return _Rule(lambda value: value in allowed, " or ".join((", ".join(allowed[:-1]), allowed[-1])))
