"""Finds text in a transcript: one matcher for highlighting, stepping and counting.

``query`` owns what a typed query means, ``matchers`` and ``phrases`` what matches, ``required`` what an index can
exclude texts by, ``corpus`` the search through the texts of a call, ``hits`` what was found. ``core.find`` owns the
course of one find; widgets ask its hits for the spans in what they draw. Other modules draw the hits, and own which one
is current.

All texts, and so all spans, are of *safe* text (see ``text``): ``(start, end)`` in its code points. A span
may begin or end within a grapheme, as a search for "e" finds the one in a decomposed "é".
"""

from tui.core.search.corpus import Corpus
from tui.core.search.hits import Hit, Hits
from tui.core.search.matchers import Matcher, SearchTimeout, compile_query
from tui.core.search.query import QUERY_HELP, KindsOf, Query, parse_query, role_condition
from tui.core.search.required import Required

__all__ = [
    "QUERY_HELP", "Corpus", "Hit", "Hits", "KindsOf", "Matcher", "Query", "Required", "SearchTimeout", "compile_query",
    "parse_query", "role_condition",
]  # fmt: skip
