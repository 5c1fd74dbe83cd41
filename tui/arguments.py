"""The command line as the commands see it: parsed, with the variables, the settings and the defaults, and checked.

``options`` describes the options, ``parsers`` parses, and ``cli`` runs the commands.
"""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tui.core.errors import UsageError
from tui.options import COMMANDS, OPTIONS, Arguments, options_of
from tui.store.settings import load


def parse(words: list[str]) -> Arguments:
    """Parse a command line.

    Raises:
        UsageError: It is invalid, has an option without effect, or the settings are invalid.
        SystemExit: Help or version were requested, and are printed.
    """
    parsed = _parsed(words)
    taken = options_of(parsed["command"])
    given = {option.name: option.flag for option in (*options_of(""), *taken) if option.name in parsed}
    settings = load(parsed.get("config")) if any(option.name == "config" for option in taken) else {}
    args = Arguments(given=given, **_resolved(parsed, os.environ, settings))
    refuse_idle(args, given.keys() - {option.name for option in taken}, f"on {args.command}")
    _refuse_idle_pairs(args)
    return args


def _parsed(words: list[str]) -> dict[str, Any]:
    """The command, its argument and the options that were given, by their names."""
    if not words or (len(words) == 1 and words[0] not in COMMANDS and not words[0].startswith("-")):
        return {"command": "open", "target": words[0] if words else None}  # argparse is slow to import
    from tui.parsers import parse_words

    return parse_words(words)


def _resolved(parsed: dict[str, Any], environ: Mapping[str, str], settings: dict[str, Any]) -> Mapping[str, Any]:
    """The value of each option: from its flag, else its variable, else its setting, else its default."""
    variables = {
        option.name: option.from_variable(environ[option.variable])
        for option in OPTIONS
        if environ.get(option.variable)
    }
    return ChainMap(parsed, variables, settings, {option.name: option.default for option in OPTIONS})


def refuse_idle(args: Arguments, options: Iterable[str], where: str) -> None:
    """Refuse options without effect, instead of ignoring them.

    Args:
        args: The command line.
        options: The names of the options.
        where: Describes where they have no effect.

    Raises:
        UsageError: One of them was given.
    """
    for option in options:
        if option in args.given:
            raise UsageError(f"{args.given[option]} has no effect {where}", "leave it out")


def _refuse_idle_pairs(args: Arguments) -> None:
    """Refuse options that have no effect beside others, or without them."""
    if args.demo:
        refuse_idle(args, ("base_url", "api_key_file"), "beside --demo, which has an address and a key of its own")
    if args.offline and (args.demo or not args.cache):
        against = ("--demo" if args.demo else "", "" if args.cache else args.given.get("cache", "cache = false"))
        hint = f"leave out {' and '.join(filter(None, against))}"
        raise UsageError("--offline shows what is kept on this machine", hint)
    if args.output in {None, Path("-")}:
        refuse_idle(args, ("force",), "without -o FILE")
    if args.command == "export":
        _refuse_idle_in_export(args)
    if args.junit == Path("-"):
        raise UsageError("--junit writes a file, and no standard output", "name a file")
    if args.command == "check" and not args.words and args.max_interruptions is None:
        refuse_idle(args, ("role",), "without --max-interruptions or words to look for")
    if args.command == "search" and args.json:
        refuse_idle(args, ("all_hits",), "with --json, which writes all hits")
    if args.command == "cache" and args.action == "clear":
        refuse_idle(args, ("json",), "on cache clear")
    if args.command == "auth" and args.action == "login":
        refuse_idle(args, ("api_key_file",), "on auth login, which asks for the key")


def _refuse_idle_in_export(args: Arguments) -> None:
    """Refuse options of ``export`` that are for one call, or for all of them."""
    if args.harness:
        refuse_idle(args, ("format", "by_turn", "all"), "beside --harness, which is a format of one call")
    if not args.all:
        refuse_idle(args, ("label", "since", "before"), "without --all")
        return
    if args.target is not None:
        raise UsageError("--all is all calls that are kept, and a TARGET is one", "leave out one of them")
    refuse_idle(args, ("wait", "offline", "cache"), "beside --all, which asks nobody and reads what is kept")
