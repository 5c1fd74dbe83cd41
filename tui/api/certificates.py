"""The trusted certificates: those named by the environment, else the system's, else certifi's.

The context is built by hand, as ``ssl.create_default_context`` obeys SSLKEYLOGFILE and logs the secrets of
each connection. Opens no connection.
"""

from __future__ import annotations

import errno
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

from tui.core.counted import listed
from tui.core.errors import UsageError

_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_SYSTEM_STORES = (
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
)


def trusting_context(environ: Mapping[str, str]) -> ssl.SSLContext:
    """A client's TLS context.

    Raises:
        UsageError: SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates.
    """
    named = {name: place for name in _VARIABLES if (place := environ.get(name))}
    if not named:
        return _system_context() or _context_of(_certifi_bundle())
    try:
        return _context_of(*map(named.get, _VARIABLES))
    except ValueError:
        why = "there is no certificate in it"
    except OSError as error:
        why = (error.strerror or "there is no certificate in it").lower()
    raise UsageError(f"what {listed(named)} names cannot be used: {why}", "name a file of certificates in PEM")


def _system_context() -> ssl.SSLContext | None:
    """A context that uses the system's store; None if there is none."""
    if not has_system_store():
        return None
    try:
        import truststore
    except ImportError:
        return None
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return context


def has_system_store() -> bool:
    """Whether this machine has a certificate store; always true where the system verifies certificates itself."""
    if sys.platform in {"darwin", "win32"}:
        return True
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or any(Path(place).is_file() for place in _SYSTEM_STORES)


def _certifi_bundle() -> str:
    import certifi

    return certifi.where()


def _context_of(file: str | None, directory: str | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if directory is not None and not Path(directory).is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such directory")
    context.load_verify_locations(file, directory)
    return context
