"""Syncs that are killed in the middle, again and again, beside searches: nothing that was reported may be lost."""
