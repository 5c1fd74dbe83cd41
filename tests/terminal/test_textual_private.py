"""The list of Textual's private names is complete, and Textual has all of them."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from pathlib import Path

import pytest
from textual._queue import Queue
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen

import tui
from tui.terminal import textual_private

TERMINAL = Path(tui.__file__).parent / "terminal"
OURS = [
    TERMINAL / f"{name}.py"
    for name in ("diffing_driver", "input_reader", "guarded_app", "driver_selection", "typeahead", "keyboard")
]
ALL = textual_private.DRIVER | textual_private.APP | textual_private.PUMP
PRIVATE = re.compile(r"_[a-z]\w*")


def private_names_of(kind: type) -> set[str]:
    """The private names of a class of Textual: what it defines, and what it sets on itself."""
    names: set[str] = set()
    for base in kind.__mro__:
        if base.__module__.startswith("textual"):
            names |= {name for name in vars(base) if PRIVATE.fullmatch(name)}
            names |= set(re.findall(r"self\.(_[a-z]\w*)", inspect.getsource(base)))
    return names


def private_names_in(path: Path) -> set[str]:
    """The private names that a file of ours uses or defines on an object."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in used | defined if PRIVATE.fullmatch(name)}


def test_textual_has_every_listed_private_name() -> None:
    assert private_names_of(LinuxDriver) >= textual_private.DRIVER
    assert private_names_of(App) >= textual_private.APP
    assert private_names_of(Screen) >= textual_private.PUMP


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_private_name_used_is_listed(path: Path) -> None:
    theirs = private_names_of(LinuxDriver) | private_names_of(App)
    if path.name == "typeahead.py":
        theirs |= private_names_of(Screen)
    assert private_names_in(path) & theirs <= ALL


def test_every_name_in_the_list_is_used() -> None:
    assert set().union(*map(private_names_in, OURS)) >= ALL


async def test_an_idle_pump_is_distinguished_from_a_busy_one() -> None:
    queue: Queue[int] = Queue()
    assert not queue.ready_event._waiters
    waiting = asyncio.ensure_future(queue.get())
    await asyncio.sleep(0)
    assert queue.ready_event._waiters
    assert not queue.values
    queue.put_nowait(1)
    assert queue.values
    await waiting
    assert not queue.ready_event._waiters
