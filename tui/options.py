"""The table of options: the one place that describes what can be given on the command line or in the settings.

From it come the parsers and their help (``arguments``), the settings file (``store.settings``), the completion
(``commands.completion``) and what the prefetch recognises. A new option is an entry here, and its use. Nothing heavy
is imported at the top, as the table is read before the first picture. ``option_kinds`` has the kinds of values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

from tui.core.counted import listed
from tui.core.export import FORMATS, ROW_FORMATS, formats_with, formats_with_time
from tui.core.limits import CACHE_DAYS, CACHE_MIB, MAX_BODY_BYTES, SILENCE_MS
from tui.option_kinds import (
    BODY,
    COUNT,
    FILE,
    KEYS,
    LABEL,
    LENGTH,
    PLAYER,
    SILENCE,
    SWITCH,
    TARGET,
    URL,
    WAIT,
    OptionKind,
    no_file,
    one_of,
    whole_from,
    words,
)

DEFAULT_BASE_URL = "https://api.pyai.com"
KEY_VARIABLE = "PYAI_API_KEY"
NO_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_MIB = 2**20
_LEAST_CACHE_MIB, _MOST_CACHE_MIB = 16, 1_048_576
_MOST_DAYS = 36_500


class Option(NamedTuple):
    """An option of the command line, a setting, or both.

    Attributes:
        name: The attribute of the parsed command line; options with the same name have the same default.
        flag: The flag; empty for a setting alone.
        kind: Its values.
        help: Describes it in ``--help``.
        commands: The commands that take the flag; "" is a command line without a command.
        default: The value if it is given nowhere.
        short: The one-letter flag.
        group: The heading in ``--help``.
        setting: The key in the settings file.
        variable: The environment variable.
        from_variable: Converts the variable.
    """

    name: str
    flag: str
    kind: OptionKind
    help: str
    commands: tuple[str, ...] = ()
    default: Any = None
    short: str = ""
    group: str = ""
    setting: str = ""
    variable: str = ""
    from_variable: Callable[[str], Any] = str

    @property
    def flags(self) -> list[str]:
        """The short flag, if there is one, and the long one."""
        return [flag for flag in (self.short, self.flag) if flag]

    @property
    def takes_value(self) -> bool:
        """Whether a value follows the flag."""
        return self.kind.action in {"store", "append"}


class Command(NamedTuple):
    """A command.

    Attributes:
        help: Describes it in ``--help``.
        argument: The name of its argument; empty if it has none.
        kind: The values of the argument.
        about: Describes the argument.
        nargs: How many there are, as for argparse; empty for one.
    """

    help: str
    argument: str = ""
    kind: OptionKind = OptionKind()
    about: str = ""
    nargs: str = ""


class Arguments(SimpleNamespace):
    """A command line, with a value for every option of the table.

    The other attributes are named after the options and the argument of the command.

    Attributes:
        command: The name of the command.
        given: The flags that stand on the command line, by the names of their options.
    """

    command: str
    given: Mapping[str, str]


_TARGET_HELP = (
    "a call id, CALL#turn=14, CALL#turn=9..14 or CALL#t=1:23, a pasted API address or log line, a file of JSON, "
    "or - for standard input"
)
_CALL_HELP = "a call id, a pasted API address or log line, a file of JSON, or - for standard input"
_LIST_HELP = (
    "a call id, an API address or log line, a file of JSON, or - for a list of these on standard input, one a line"
)
_QUERY_HELP = (
    "what to find; a capital letter makes case matter; is:slow, is:silence, is:cut, is:error, role:user, "
    'label:test or label:"front desk", after:today, before:2026-11-01 and "two words" must all '
    "hold beside words, and - before any of them "
    "excludes it"
)

COMMANDS: Mapping[str, Command] = {
    "open": Command("open TARGET, also one that is the name of a command", "target", TARGET, _TARGET_HELP, "?"),
    "export": Command(
        "write a transcript, or all that are kept, to a file or to standard output", "target", TARGET, _TARGET_HELP, "?"
    ),
    "insights": Command(
        "tell when who spoke: latencies, silences, interruptions, errors", "target", TARGET, _CALL_HELP
    ),
    "check": Command(
        "check calls against limits, for CI; the exit status is 8 if one fails", "targets", TARGET, _LIST_HELP, "+"
    ),
    "search": Command(
        "find words in all the calls that are kept on this machine", "query", OptionKind("QUERY"), _QUERY_HELP
    ),
    "calls": Command("list the calls of the account, newest first"),
    "sync": Command("fetch the calls of the account that are not kept on this machine yet"),
    "auth": Command(
        "keep the key in this machine's keyring, tell whose it is, or forget it",
        "action", one_of("login", "status", "logout"), "what to do with the key",
    ),
    "cache": Command(
        "tell what is kept on this machine, or remove it", "action", one_of("info", "clear"), "what to do with it"
    ),
    "demo-server": Command("serve the sample calls on this machine, as the API would"),
    "completion": Command(
        "print what makes a shell complete this command line",
        "shell", one_of("bash", "zsh", "tcsh", "fish"), "the shell",
    ),
}  # fmt: skip

_OPENS = ("", "open")
_CALLS = (*_OPENS, "export", "insights", "check")
_ACCOUNT = (*_CALLS, "calls", "search", "sync", "auth")
_SOURCE = "where the calls come from"
_LOOK = "how the call is shown"
_TABLES = ", ".join(ROW_FORMATS)
_LIMITS = "what must hold; limits are inclusive, as in 800, 800ms or 1.5s"


def _for(switch: str, effect: str) -> str:
    """The help of a switch of exports: the formats on which it has an effect, and which."""
    return f"{', '.join(formats_with(switch))}: {effect}"


OPTIONS = (
    Option("help", "--help", OptionKind(action="help"), "show this help message and exit", ("", *COMMANDS), short="-h"),
    Option("version", "--version", OptionKind(action="version"), "show program's version number and exit", ("",)),
    # the account and its calls
    Option("demo", "--demo", SWITCH, "start the embedded server and use it; needs no account",
           (*_CALLS, "calls", "search"), False, group=_SOURCE),
    Option("base_url", "--base-url", URL, f"the API's address (else PYAI_BASE_URL, else {DEFAULT_BASE_URL})",
           _ACCOUNT, DEFAULT_BASE_URL, group=_SOURCE, setting="base_url", variable="PYAI_BASE_URL"),
    Option("api_key_file", "--api-key-file", FILE, f"a private file with the key (else {KEY_VARIABLE})",
           _ACCOUNT, group=_SOURCE, setting="api_key_file", variable=KEY_VARIABLE, from_variable=no_file),
    Option("offline", "--offline", SWITCH, "show what is kept on this machine, and ask nobody",
           (*_CALLS, "calls"), False, group=_SOURCE),
    Option("cache", "--no-cache", SWITCH, "keep nothing on this machine",
           (*_CALLS, "calls"), True, group=_SOURCE, setting="cache"),
    Option("config", "--config", FILE, "the settings (else settings.toml, if it is there)",
           (*_ACCOUNT, "cache"), group=_SOURCE),
    Option("max_body_bytes", "", BODY, "the longest transcript that is taken, in MiB after decompression",
           default=MAX_BODY_BYTES, setting="max_body_mib"),
    Option("cache_bytes", "", whole_from(_LEAST_CACHE_MIB, _MOST_CACHE_MIB, _MIB),
           "the size of what is kept from which on the oldest calls go, in MiB",
           default=CACHE_MIB * _MIB, setting="cache_mib"),
    Option("cache_days", "", whole_from(1, _MOST_DAYS), "the age of a call from which on it is not kept, in days",
           default=CACHE_DAYS, setting="cache_days"),
    Option("silence_ms", "", SILENCE, "seconds from which on a silence is a moment",
           default=SILENCE_MS, setting="silence"),
    # the app
    Option("time", "--time", one_of("offset", "local", "utc", "gap", "off"),
           f"times as offset, local or UTC clock, gap, or off; exported in {listed(formats_with_time())}",
           (*_OPENS, "export"), "offset", group=_LOOK, setting="time"),
    Option("layout", "--layout", one_of("chat", "script", "outline"),
           "chat, script or outline; else chat or script by the width", _OPENS, group=_LOOK, setting="layout"),
    Option("full_redraw", "--full-redraw", SWITCH, "send every update whole, not only what changed",
           _OPENS, False, group=_LOOK, setting="full_redraw"),
    Option("mouse", "--no-mouse", SWITCH, "leave the mouse to the terminal",
           _OPENS, True, group=_LOOK, setting="mouse"),
    Option("keys", "", KEYS, "the keys of actions, else those in the README", default=NO_KEYS, setting="keys"),
    Option("background", "", one_of("dark", "light"), "the terminal's background, else detected",
           setting="background"),
    Option("player", "", PLAYER, "the command that plays recordings; the link is its last argument",
           setting="player"),
    # export
    Option("output", "--output", FILE, "the file, pipe or device; else, and as -, standard output",
           ("export",), short="-o"),
    Option("format", "--format", one_of(*FORMATS, *ROW_FORMATS),
           "the format, whatever FILE's ending; else by that, which must be one of these; else txt",
           ("export",), short="-f"),
    Option("force", "--force", SWITCH, "overwrite a file that exists", ("export",), False),
    Option("whole_turns", "--whole-turns", SWITCH, _for("whole_turns", "one cue per turn, however long"),
           ("export",), False),
    Option("speakers", "--speakers", SWITCH, _for("speakers", "begin each turn with its speaker"),
           ("export",), False),
    Option("marks", "--marks", SWITCH, _for("marks", "tell which turns are marked"), ("export",), False),
    Option("bom", "--bom", SWITCH, _for("bom", "begin with a byte order mark, for Excel"), ("export",), False),
    Option("wait", "--wait", WAIT, "wait so long for a transcript that is not there yet, as in 60s, 2m or 1h",
           ("export",)),
    Option("harness", "--harness", SWITCH, "write a fixture of PyAI's own harness, in the place of -f",
           ("export",), False),
    Option("by_turn", "--turns", SWITCH, f"{_TABLES}: a row per turn, not per call", ("export",), False),
    Option("all", "--all", SWITCH, f"{_TABLES}: all calls that are kept on this machine, in the place of TARGET",
           ("export",), False),
    Option("label", "--label", LABEL, "--all: only calls with exactly this session label", ("export",)),
    Option("since", "--since", OptionKind("WHEN"),
           "--all: from then on: 2026-11-01, 2026-11-01T14:30, today, yesterday, 36h or 7d", ("export",)),
    Option("before", "--before", OptionKind("WHEN"), "--all: calls that began before then", ("export",)),
    # check
    Option("max_response", "--max-response", LENGTH, "the longest that the assistant may take to answer",
           ("check",), group=_LIMITS),
    Option("max_response_p50", "--max-response-p50", LENGTH, "the same for half of its answers",
           ("check",), group=_LIMITS),
    Option("max_response_p95", "--max-response-p95", LENGTH, "the same for 95 in 100 of its answers",
           ("check",), group=_LIMITS),
    Option("max_silence", "--max-silence", LENGTH, "the longest that neither side may talk", ("check",), group=_LIMITS),
    Option("max_stop", "--max-stop", LENGTH, "the longest that the assistant may talk on when the user cuts in",
           ("check",), group=_LIMITS),
    Option("max_interruptions", "--max-interruptions", COUNT, "how often one may cut the other off",
           ("check",), group=_LIMITS),
    Option("words", "--contains", words("contains", "TEXT"),
           "words that must stand in a turn, by the rules of the find; may be given again",
           ("check",), (), group=_LIMITS),
    Option("words", "--not-contains", words("not-contains", "TEXT"), "words that no turn may have",
           ("check",), (), group=_LIMITS),
    Option("words", "--regex", words("regex", "RE"), "a regular expression that must match in a turn",
           ("check",), (), group=_LIMITS),
    Option("words", "--not-regex", words("not-regex", "RE"), "one that may match in no turn",
           ("check",), (), group=_LIMITS),
    Option("role", "--role", one_of("user", "assistant"), "whose words and interruptions; else both sides'",
           ("check",), group=_LIMITS),
    Option("no_errors", "--no-errors", SWITCH, "no turn and no tool may tell an error",
           ("check",), False, group=_LIMITS),
    Option("bands", "--bands", SWITCH, "the bands of PyAI's own harness: p95 up to 1500 ms",
           ("check",), False, group=_LIMITS),
    Option("strict", "--strict", SWITCH, "what is unknown has failed, also where turns without times leave it open",
           ("check",), False, group=_LIMITS),
    Option("json", "--json", SWITCH, "write a line of JSON for each call", ("check",), False),
    Option("junit", "--junit", FILE, "write a JUnit report too; replaces the file", ("check",)),
    # the other commands
    Option("json", "--json", SWITCH, "write one line of JSON: times in ms, turns from 1", ("insights",), False),
    Option("json", "--json", SWITCH, "write the files, sizes and calls as one line of JSON", ("cache",), False),
    Option("regex", "--regex", SWITCH, "take it for a regular expression, without conditions", ("search",), False),
    Option("role", "--role", one_of("user", "assistant", "tool", "system"), "find turns of this role alone",
           ("search",)),
    Option("json", "--json", SWITCH, "write a line of JSON for each turn with a hit", ("search",), False),
    Option("all_hits", "--all-hits", SWITCH, "print all turns with a hit, not five of each call",
           ("search",), False),
    Option("label", "--label", LABEL, "only calls with exactly this session label", ("search", "calls", "sync")),
    Option("limit", "--limit", COUNT, "this many at most; else all of them", ("calls", "sync")),
    Option("status", "--status", OptionKind("STATUS"), "only calls that ended like this, such as failed", ("calls",)),
    Option("since", "--since", OptionKind("WHEN"),
           "from then on: 2026-11-01, 2026-11-01T14:30, today, yesterday, 36h or 7d", ("search", "calls", "sync")),
    Option("before", "--before", OptionKind("WHEN"), "only calls that began before then", ("search",)),
    Option("json", "--json", SWITCH, "write a line of JSON for each call", ("calls",), False),
    Option("port", "--port", COUNT, "the port; else any free one", ("demo-server",), 0),
    Option("turns", "--turns", COUNT, "add a call of N turns", ("demo-server",)),
    Option("many", "--calls", COUNT, "add N calls to the list", ("demo-server",)),
)  # fmt: skip


_ALIKE = 0.7
"""The least similarity, from 0 to 1, of a word that may be a typo of a command."""


def options_of(command: str) -> list[Option]:
    """The options that a command takes; "" stands for a command line without a command."""
    return [option for option in OPTIONS if command in option.commands]


def split(words: Sequence[str]) -> tuple[str, int, list[str], Option | None]:
    """Find the parts of a command line without a parser, whether it is valid or not.

    Returns:
        The command, or "" if there is none; its place among the words; the words that are neither the command, nor
        options, nor their values; the option whose value would be the next word.
    """
    command, at, arguments, pending, is_quoted = "", 0, list[str](), None, False
    for number, word in enumerate(words):
        if pending is not None:
            pending = None
        elif word == "--" and not is_quoted:
            is_quoted = True
        elif word.startswith("-") and word != "-" and not is_quoted:
            taken = (*options_of(command), *options_of(""))
            pending = next((option for option in taken if option.takes_value and word in option.flags), None)
        elif word in COMMANDS and not (command or arguments or is_quoted):
            command, at = word, number
        else:
            arguments.append(word)
    return command, at, arguments, pending


def command_like(word: str) -> str | None:
    """The command that a word may be a typo of; None if it resembles none, or is no word but an id."""
    from difflib import get_close_matches  # needed only for an error

    alike = get_close_matches(word, COMMANDS, n=1, cutoff=_ALIKE) if word.replace("-", "").isalpha() else []
    return next(iter(alike), None)
