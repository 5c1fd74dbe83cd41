"""The documentation names everything there is: keys, commands, flags, formats, exit statuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tui.core.errors import ExitStatus
from tui.core.export import FORMATS, ROW_FORMATS
from tui.core.layout import Layout, TimeStyle
from tui.keys import ACTIONS, Action, Keymap, key_word
from tui.options import COMMANDS, KEY_VARIABLE, OPTIONS, Option
from tui.parsers import build_parser
from tui.screens.help import help_text
from tui.store.settings import load

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", README)
"""What stands in backticks."""
WORDS = {word for code in CODE for word in code.replace("=", " ").split()}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_key_stands_in_the_readme_and_in_the_help(action: Action) -> None:
    helps = help_text(Keymap()).plain
    for key in map(key_word, action.keys):
        assert key in CODE
        assert re.search(rf"^(.* )?{re.escape(key)} .*{re.escape(action.help)}$", helps, re.MULTILINE)
    assert action.name in WORDS


@pytest.mark.parametrize("flag", {flag: None for option in OPTIONS for flag in option.flags})
def test_every_flag_stands_in_the_readme(flag: str) -> None:
    assert flag in WORDS


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_and_help_describe_every_command(command: str) -> None:
    assert any(code.startswith(f"omni-transcripts {command}") for code in CODE)
    assert command in build_parser().format_help()


@pytest.mark.parametrize("status", ExitStatus, ids=lambda status: status.name)
def test_readme_and_help_describe_every_exit_status(status: ExitStatus) -> None:
    assert re.search(rf"^\| {status:d} \| \w+", README, re.MULTILINE)
    assert re.search(rf"^  {status:d} +\w+", build_parser().format_help(), re.MULTILINE)


@pytest.mark.parametrize(
    "name", [*FORMATS, *ROW_FORMATS, *(style.value for style in TimeStyle), *(kind.value for kind in Layout)]
)
def test_every_format_and_style_is_named(name: str) -> None:
    assert re.search(rf"\b{name}\b", README)


@pytest.mark.parametrize("variable", [KEY_VARIABLE, "PYAI_BASE_URL", "NO_COLOR"])
def test_every_variable_is_named(variable: str) -> None:
    assert variable in CODE


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.setting], ids=lambda option: option.setting)
def test_every_setting_stands_in_the_readme(option: Option) -> None:
    assert re.search(rf"^({option.setting} = |\[{option.setting}\])", README, re.MULTILINE)


def test_the_settings_in_the_readme_are_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "settings.toml"
    file.write_text(example)
    choices = {"base_url", "api_key_file", "layout", "background", "cache_days", "keys", "player"}
    assert load(file).items() >= {(o.name, o.default) for o in OPTIONS if o.setting and o.name not in choices}


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]*\]\(([^)]+)\)", README))
def test_every_picture_is_there(picture: str) -> None:
    assert (Path(__file__).parents[1] / picture).is_file()
