"""The Omni API: bytes in, core objects out."""
