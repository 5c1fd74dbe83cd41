"""The styles of the first picture are found once: they are those that Textual finds when it looks again."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from tests.app.conftest import Open, Opened

SIZES = [(10, 3), (60, 12), (80, 24), (120, 36), (160, 50)]


def styles(opened: Opened) -> list[str]:
    """The styles of each widget on the screen, those of its parts among them."""
    return [
        f"{node!r} {node.styles.css} {[(name, part.css) for name, part in sorted(node._component_styles.items())]}"
        for node in opened.screen.walk_children(with_self=True)
    ]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("target", [None, "call_demo_trouble"])
async def test_a_second_look_finds_the_same_styles(open_app: Open, target: str | None, size: tuple[int, int]) -> None:
    async with open_app(target, size=size) as opened:
        first = styles(opened)
        App.refresh_css(opened.app)
        assert styles(opened) == first


async def test_the_style_sheets_are_parsed_once_before_the_first_picture(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    again: list[Stylesheet] = []
    monkeypatch.setattr(Stylesheet, "reparse", again.append)
    async with open_app("call_demo_booking"):
        assert not again


async def test_a_later_screen_is_styled_again_once_its_style_sheets_are_read(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    styled: list[str] = []
    before = Stylesheet.update_nodes

    def update_nodes(sheet: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        wanted = list(nodes)
        styled.extend(type(node).__name__ for node in wanted)
        before(sheet, wanted, animate)

    monkeypatch.setattr(Stylesheet, "update_nodes", update_nodes)
    async with open_app() as opened:
        assert "PromptScreen" not in styled
        await opened.press(*"call_demo_booking")
        styled.clear()
        await opened.press("enter")
        assert styled.count("TranscriptScreen") == styled.count("TranscriptView") == 2  # for the sheets, for the size


async def test_another_theme_is_still_applied(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        first = styles(opened)
        opened.app.theme = "textual-light"
        await opened.settle()
        assert styles(opened) != first
