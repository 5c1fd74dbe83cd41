"""The size limit of transcripts from the API, a file or standard input."""

MAX_BODY_MIB = 64
"""The default limit after decompression; a setting changes it."""
MAX_BODY_BYTES = MAX_BODY_MIB * 2**20
RAISE_LIMIT = "raise max_body_mib in the settings if you expected that"
