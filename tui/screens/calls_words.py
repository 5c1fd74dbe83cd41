"""What the list of calls says of itself: why it is empty, how much of it is loaded, what keys do. Pure functions."""

from __future__ import annotations

from tui.core.errors import OmniError
from tui.keys import Keymap
from tui.screens.call_browser import CallBrowser


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
    """The place in the list, and how much of the list is loaded: "14 of 100", "more below"."""
    numbered = (f"{browser.chosen + 1:,} of {len(browser.shown):,}",) if browser.shown else ()
    if not browser.loaded:
        return ()
    if browser.pager.has_more:
        extent = f"{len(browser.loaded):,} loaded, more below" if browser.is_filtered else "more below"
    else:
        extent = f"of all {len(browser.loaded):,}" if browser.is_filtered else "all"
    return (*numbered, extent)


def keys(browser: CallBrowser, keymap: Keymap, *, is_loading: bool) -> tuple[tuple[str, str], ...]:
    """The keys in the foot that can do something now, the most important first."""
    word, helps = keymap.word, keymap.word_while_typing("help")
    awaits_calls = is_loading and not browser.loaded
    has_choice = bool(browser.shown or browser.typed_label or awaits_calls)
    opens = ((word("accept"), "open"),) if has_choice else ()
    label = "one label" if browser.label is None else "all labels"
    labels = ((word("one_label"), label),) if has_choice or browser.label is not None else ()
    again = () if browser.loaded or is_loading else ((word("list_again"), "list again"),)
    about = ((helps, "help"),) if helps else ()
    return (*opens, *labels, *again, (word("dismiss"), "back"), *about)
