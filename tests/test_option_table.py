"""Each entry of the table of options reaches the help, the shells, the settings and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import Cli
from tui.arguments import parse
from tui.cli import complete
from tui.core.export import FORMATS, ROW_FORMATS
from tui.core.layout import Layout, TimeStyle
from tui.core.search.query import ROLES
from tui.options import COMMANDS, OPTIONS, Option, options_of

SHELLS = COMMANDS["completion"].kind.choices
SETTINGS = {
    "base_url": ("http://127.0.0.1:7", "http://127.0.0.1:7"),
    "api_key_file": ("/my.key", Path("/my.key")),
    "cache": (False, False),
    "max_body_mib": (2, 2 * 2**20),
    "cache_mib": (16, 16 * 2**20),
    "cache_days": (90, 90),
    "silence": (0.5, 500),
    "time": ("gap", "gap"),
    "layout": ("outline", "outline"),
    "full_redraw": (True, True),
    "mouse": (False, False),
    "background": ("light", "light"),
    "keys": ({"find": "f"}, {"find": ("f",)}),
    "player": ("mpv --no-video", "mpv --no-video"),
}
"""For each setting, a value that is not the default, and what comes of it."""


@pytest.fixture
def cli(cli: Cli) -> Cli:
    for name in ("PYAI_API_KEY", "PYAI_BASE_URL"):
        cli.set(name, "")
    return cli


def settings(cli: Cli, **values: object) -> str:
    """A settings file; returns its path."""
    file = cli.home / "mine.toml"
    toml = {name: str(value).lower() if value in (True, False) else repr(value) for name, value in values.items()}
    file.write_text("".join(f"{name} = {value.replace(': ', ' = ')}\n" for name, value in toml.items()))
    return str(file)


def value(option: Option) -> list[str]:
    """A word for an option that takes one."""
    return [("7", *option.kind.choices)[-1]] if option.takes_value else []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_describes_each_option(cli: Cli, command: str) -> None:
    told = cli(*filter(None, (command, "--help"))).text
    plain = " ".join(told.split())
    for option in options_of(command):
        assert all(flag in told for flag in option.flags)
        assert option.help in plain


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_shell_completes_each_option_and_its_values(
    cli: Cli, capsysbinary: pytest.CaptureFixture[bytes], shell: str, command: str
) -> None:
    def offered(*words: str) -> list[str]:
        line = [command, *words] if command else list(words)
        cli.set("COMMAND_LINE", " ".join(("omni-transcripts", *line)))
        assert complete(line, shell) == 0
        return [told.partition("\t")[0] for told in capsysbinary.readouterr().out.decode().splitlines()]

    for option in options_of(command):
        assert option.flag in offered(option.flag)
        assert {*option.kind.choices} <= {*offered(option.flag, "")} or not option.takes_value


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.flag or option.setting)
def test_each_option_is_parsed_and_has_a_default(cli: Cli, option: Option) -> None:
    (cli.home / "7").touch()  # as a file of settings
    for command in option.commands if option.kind.action not in {"help", "version"} else ():
        argument = ("x", *COMMANDS[command].kind.choices)[-1:] if command and COMMANDS[command].argument else ()
        words = [*filter(None, (command,)), *argument]
        assert getattr(parse(words), option.name) == option.default
        if option.flag == "--offline" or (option.name, command) in {
            *((name, "export") for name in ("force", "all", "label", "since", "before")),
            ("role", "check"),
            ("json", "cache"),
        }:
            continue
        given = parse([*words, option.flag, *value(option)])
        assert getattr(given, option.name) != option.default
        assert given.given.keys() == {option.name}


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.setting], ids=lambda option: option.setting)
def test_each_setting_is_read(cli: Cli, option: Option) -> None:
    written, meant = SETTINGS[option.setting]
    args = parse(["--config", settings(cli, **{option.setting: written})])
    assert getattr(args, option.name) == meant != option.default


def test_a_flag_precedes_variable_setting_and_default(cli: Cli) -> None:
    def base_url(*words: str) -> str:
        return str(parse([*words, "call_x"]).base_url)

    assert base_url() == "https://api.pyai.com"
    file = settings(cli, base_url="http://127.0.0.1:1")
    assert base_url("--config", file) == "http://127.0.0.1:1"
    cli.set("PYAI_BASE_URL", "http://127.0.0.1:2")
    assert base_url("--config", file) == "http://127.0.0.1:2"
    assert base_url("--config", file, "--base-url", "http://127.0.0.1:3") == "http://127.0.0.1:3"


def test_an_environment_key_precedes_the_settings(cli: Cli) -> None:
    file = settings(cli, api_key_file="/my.key")
    assert parse(["--config", file]).api_key_file == Path("/my.key")
    cli.set("PYAI_API_KEY", "key_of_the_environment")
    assert parse(["--config", file]).api_key_file is None
    assert parse(["--config", file, "--api-key-file", "/other"]).api_key_file == Path("/other")


def test_options_of_one_name_have_one_default() -> None:
    defaults = {option.name: option.default for option in OPTIONS}
    assert all(option.default == defaults[option.name] for option in OPTIONS)


def test_choices_are_those_of_the_program() -> None:
    choices = {(option.name, command): option.kind.choices for option in OPTIONS for command in option.commands}
    assert choices["time", "open"] == tuple(style.value for style in TimeStyle)
    assert choices["layout", "open"] == tuple(layout.value for layout in Layout)
    assert choices["format", "export"] == (*FORMATS, *ROW_FORMATS)
    assert {*choices["role", "check"]} <= {*choices["role", "search"]} <= {*ROLES}
