"""Limits and patterns of graphemes shared by the rules of "safe to show"."""

LONGEST_GRAPHEME = 32
"""The longest grapheme in safe text, in code points."""

FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,7}\U000e007f"
"""Matches the flag of a region: a black flag, the region's code in tags, and the end tag (UTS #51)."""
