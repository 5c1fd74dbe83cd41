"""Nothing unsafe gets into a field, whichever way it comes."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App, ComposeResult

from tui.core.text import safe
from tui.widgets.safe_input import SafeInput


class FieldApp(App[None]):
    """A field and nothing else."""

    def compose(self) -> ComposeResult:
        yield SafeInput("ab\x1b[2J", most=10)


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("x", "ab␛x"),
        ("\n  call_1\r\n", "ab␛call_1"),
        ("one\ntwo", "ab␛one two"),
        ("\x1b[201~\u200by\u202e", "ab␛␛y⇄"),
        ("0123456789", "ab␛0123456"),
        ("\n", "ab␛"),
    ],
)
async def test_pasted_text_becomes_one_safe_bounded_line(pasted: str, value: str) -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        field = app.query_one(SafeInput)
        assert not field.cursor_blink
        field.cursor_position = len(field.value)
        app.post_message(events.Paste(pasted))
        await pilot.pause()
        assert field.value == value
        assert field.cursor_position == len(value)


async def test_a_paste_replaces_the_selection() -> None:
    app = FieldApp()
    async with app.run_test() as pilot:
        field = app.query_one(SafeInput)
        field.select_all()
        app.post_message(events.Paste("0123456789abc"))
        await pilot.pause()
        assert field.value == "0123456789"


@pytest.mark.parametrize(("pasted", "rings"), [("1234567", False), ("12345678", True), ("1" * 5_000, True)])
async def test_the_bell_rings_where_a_paste_is_cut(monkeypatch: pytest.MonkeyPatch, pasted: str, rings: bool) -> None:
    app, rung = FieldApp(), list[str]()
    async with app.run_test() as pilot:
        monkeypatch.setattr(app, "bell", lambda: rung.append("bell"))
        field = app.query_one(SafeInput)
        field.cursor_position = len(field.value)
        app.post_message(events.Paste(pasted))
        await pilot.pause()
        assert field.value == f"ab␛{pasted[:7]}"
        assert bool(rung) is rings


async def test_a_set_value_is_sanitized() -> None:
    app = FieldApp()
    async with app.run_test():
        field = app.query_one(SafeInput)
        field.value = "a\nb\x07 "
        assert field.value == "a b␇ " == safe(field.value)
