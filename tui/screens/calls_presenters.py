"""What the list of calls says of itself: why it is empty, how much of it is loaded, what keys do. Pure functions."""

from __future__ import annotations

from tui.core.errors import OmniError
from tui.keys import BY_NAME, Action, Keymap, Scope
from tui.screens.call_browser import CallBrowser
from tui.widgets.status_bar import Keys

_FOOT = ("accept", "one_label")
"""The actions in the foot, wherever they can do something."""


def why_empty(browser: CallBrowser, fault: OmniError | None, keymap: Keymap, *, is_loading: bool) -> str:
    """What stands in the place of calls that are not there."""
    if fault is not None:
        return f"{fault.line()}\n\n{keymap.word('list_again')} tries again"
    if is_loading:
        return "fetching the list"
    if browser.loaded:
        more = f"; {keymap.word('choose_next')} loads more" if browser.pager.has_more else ""
        searches = keymap.word_while_typing("library")
        said = f"; {searches} searches what was said" if searches else ""
        return f"none of the {len(browser.loaded):,} calls loaded has this{more}{said}"
    return "there are no calls with this label" if browser.label is not None else "the account has no calls yet"


def place(browser: CallBrowser) -> tuple[str, ...]:
    """The place in what is shown, and how much is loaded: "1 of 3", "3 of all 11"; "14 of 100", "more below"."""
    numbered = (f"{browser.chosen + 1:,} of {len(browser.shown):,}",) if browser.shown else ()
    if not browser.loaded:
        return ()
    if browser.pager.has_more:
        extent = f"{len(browser.loaded):,} loaded, more below" if browser.is_filtered else "more below"
    else:
        extent = f"{len(browser.shown):,} of all {len(browser.loaded):,}" if browser.is_filtered else "all loaded"
    return (*numbered, extent)


def label(action: Action, browser: CallBrowser, *, is_loading: bool) -> str:
    """What an action does in the list now, in a word or two; empty if it can do nothing."""
    current, awaits_calls = browser.current, is_loading and not browser.loaded
    is_of_label = browser.label is not None and not browser.typed_label
    may_ask = awaits_calls or (current is None and bool(browser.typed_label))
    has_more = bool(browser.shown) or browser.pager.has_more
    possible = {
        "accept": browser.target is not None or may_ask,
        "one_label": (current is not None and bool(current.label)) or may_ask or is_of_label,
        "list_again": True,
        "choose_next": has_more,
        "choose_last": has_more,
        "calls": False,
    }
    does = {
        "one_label": "all labels" if is_of_label else action.label,
        "list_again": "list again",
        "dismiss": "clear" if browser.is_filtered else "back",
    }
    can_do = possible.get(action.name, bool(browser.shown) or action.scope is not Scope.LINES)
    return does.get(action.name, action.label) if can_do else ""


def keys(browser: CallBrowser, keymap: Keymap, *, is_loading: bool) -> Keys:
    """The keys in the foot that can do something now, the most important first."""
    again = () if browser.loaded or is_loading else ("list_again",)
    labels = ((name, label(BY_NAME[name], browser, is_loading=is_loading)) for name in (*_FOOT, *again, "dismiss"))
    shown = ((keymap.word(name), does) for name, does in labels if does)
    return (*shown, *keymap.keys_while_typing(help="help"))
