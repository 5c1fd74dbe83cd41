"""Limits that a setting changes, and the advice to raise one: transcripts, silences, what the library keeps."""

MAX_BODY_BYTES = 64 * 2**20
"""The default limit after decompression; a setting changes it."""
SILENCE_MS = 3_000
"""The default length from which on a silence is a moment, whichever side ends it."""
RAISE_LIMIT = "raise max_body_mib in the settings if you expected that"
CACHE_MIB = 2_048
"""The default size of the library from which on the oldest calls make room: some 40,000 calls of usual length."""
CACHE_DAYS: int | None = None
"""The default age from which on a call is not kept; None for any, as the API may have lost it meanwhile."""
