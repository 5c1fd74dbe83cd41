"""What the rules of "safe to show" share about graphemes, the units that are drawn as one."""

LONGEST_GRAPHEME = 32
"""In code points; nothing safe to show holds a longer one."""

FLAG = r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,7}\U000e007f"
"""A pattern for the flag of a region: a black flag, the region's code in tags, the tag that ends it (UTS #51)."""
