"""The kinds of values that options and settings have: how each is read, checked and converted.

Nothing heavy is imported at the top: the table of options is read before the first picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tui.core.secret import is_key

_MIB = 2**20
_MOST_BODY_MIB = 4_096
_LONGEST_SILENCE_S = 3_600
_MOST_DIGITS = 9


class OptionKind(NamedTuple):
    """The values of an option.

    Attributes:
        metavar: Stands for the value in the help; empty if there are choices, or no value.
        read: Converts a word of the command line; a ValueError says what is wrong with it.
        choices: The only values; empty for any.
        completes: What a shell offers besides choices: "files", "calls" (which may be files too), or nothing.
        action: argparse's action.
        wanted: The values that the settings file can have, in words.
        allows: Whether a value of the settings file is valid.
        made: Converts a valid value of the settings file.
    """

    metavar: str = ""
    read: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()
    completes: str = ""
    action: str = "store"
    wanted: str = ""
    allows: Callable[[Any], bool] = lambda _: False
    made: Callable[[Any], Any] = lambda value: value

    @property
    def is_text(self) -> bool:
        """Whether it is any text, so that blanks may stand in it."""
        return self.read in {str, _label} and not self.choices and self.action == "store" and self.metavar != "URL"


def one_of(*names: str) -> OptionKind:
    """A choice of words."""
    wanted = f"{', '.join(names[:-1])} or {names[-1]}"
    return OptionKind(choices=names, wanted=wanted, allows=lambda value: value in names)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_path(value: Any) -> bool:
    try:
        return _is_text(value) and "\0" not in value and bool(_at_home(value))
    except RuntimeError:  # there is no such user
        return False


def _is_command(value: Any) -> bool:
    from tui.core.command_words import command_words

    return isinstance(value, str) and bool(command_words(value))


def _at_home(text: str) -> Path:
    return Path(text).expanduser()


def _is_whole(least: int, most: int, value: Any) -> bool:
    return type(value) is int and least <= value <= most  # bool is an int too


def _is_silence(value: Any) -> bool:
    return type(value) in {int, float} and 0.1 <= value <= _LONGEST_SILENCE_S  # also false of NaN


def _keys(said: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """The keys of actions.

    Raises:
        UsageError: An action or a key does not exist, or a key has two actions in one place.
    """
    from tui.user_keys import read_keys

    return read_keys(said)


def _length(word: str) -> int:
    """A limit in ms."""
    from tui.core.times import parse_length

    return parse_length(word)


def _wait(word: str) -> float:
    """A time to wait in s."""
    from tui.core.waiting import parse_patience

    return parse_patience(word)


def _whole(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS):
        raise ValueError(f"no whole number from 0 to {10**_MOST_DIGITS - 1:,}")
    return int(word)


def _text(word: str) -> str:
    """A word as it is; what is sought must be text, as a check that finds nothing may pass for that."""
    try:
        word.encode()
    except UnicodeEncodeError:
        raise ValueError("it has bytes that are no text; write it in UTF-8") from None
    return word


def _label(word: str) -> str:
    """A label, which is sent in an address."""
    if is_key(word):
        raise ValueError("that is an API key, and no label; it was not sent")
    if not word:
        raise ValueError("that is no label; leave it out for all calls")
    return _text(word)


def words(name: str, metavar: str) -> OptionKind:
    """The words of an option of ``check`` that may be repeated, each with the option's name."""
    return OptionKind(metavar, lambda text: (name, _text(text)), action="append")


def no_file(_key: str) -> None:
    """No file: the variable holds the key itself, so no file is read."""


SWITCH = OptionKind(
    action="store_const", wanted="true or false", allows=lambda value: isinstance(value, bool)
)  # the flag stands for the opposite of the default
FILE = OptionKind("FILE", Path, completes="files", wanted="the path of a private file", allows=_is_path, made=_at_home)
LABEL = OptionKind("LABEL", _label)
LENGTH = OptionKind("MS|s", _length)
WAIT = OptionKind("TIME", _wait)
COUNT = OptionKind("N", _whole)
URL = OptionKind("URL", wanted="an https address", allows=_is_text)


def whole_from(least: int, most: int, unit: int = 1) -> OptionKind:
    """Whole numbers of a setting, in a unit."""
    wanted = f"a whole number from {least:,} to {most:,}"
    return OptionKind(wanted=wanted, allows=partial(_is_whole, least, most), made=lambda value: value * unit)


BODY = whole_from(1, _MOST_BODY_MIB, _MIB)
SILENCE = OptionKind(
    wanted=f"a number of seconds from 0.1 to {_LONGEST_SILENCE_S:,}",
    allows=_is_silence,
    made=lambda value: round(value * 1000),
)
KEYS = OptionKind(wanted="a table of keys", allows=lambda value: isinstance(value, dict), made=_keys)
PLAYER = OptionKind(wanted="a command, such as mpv --no-video", allows=_is_command)
TARGET = OptionKind("TARGET", completes="calls")
