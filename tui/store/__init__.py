"""Everything stored on this machine: the library, settings, the key, reports. Knows no API and no screen."""
