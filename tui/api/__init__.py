"""The client of the Omni API: bytes in, core objects out."""
