"""The bound that every room keeps by which a transcript comes in: from the API, a file, or standard input."""

MAX_BODY_MIB = 64
"""The longest transcript that is taken, after decompression, unless the settings say another (RELIABILITY.md)."""
MAX_BODY_BYTES = MAX_BODY_MIB * 2**20
RAISE_LIMIT = "raise max_body_mib in the settings if you expected that"
