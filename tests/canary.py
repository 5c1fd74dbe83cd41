"""A canary: words that a terminal would obey, to be put wherever text comes from outside, and looked for at every end.

What it does to a terminal is spelled so that nothing else ever spells it the same way.
"""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

STOLEN = b64encode(b"stolen").decode()
_SPELT = ("31337", "pwned", STOLEN)
"""What is left to find if any of its sequences gets through, even in part."""

_OBEYED = re.compile("[\x80-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
_CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
_OPERATING = re.compile(r"\x1b(?!\]22;default\x07|\]11;\?\x1b\\|\\)[\]PX^_]")
"""OSC, DCS, SOS, PM, APC: the clipboard and the question for the background are ours, the shape of the mouse's pointer
is Textual's."""


def canary(field: str) -> str:
    """The canary of a field: its name, and behind it a clipboard, a title, a mode, a query, markup and a bidi trick."""
    sequences = f"\x1b]52;c;{STOLEN}\x07\x1b]2;pwned\x07\x1b[?31337h\x9b31337n"
    return f"{field}{sequences}[@click=app.quit][/x]\u202e\u200b\x08"


def shown(field: str) -> str:
    """What a canary looks like once it is safe to show."""
    return f"{field}␛␛␛␛[@click=app.quit][/x]⇄␈"


def caught(data: str) -> list[str]:
    """What has got through to a terminal, a clipboard or a file; nothing, if all is well."""
    copied = _CLIPBOARD.findall(data)
    rest = _CLIPBOARD.sub("", data)
    found = [spelt for spelt in _SPELT if spelt in rest] + _OBEYED.findall(rest) + _OPERATING.findall(rest)
    return found + [thing for text in copied for thing in caught_in_text(b64decode(text).decode())]


def caught_in_text(text: str) -> list[str]:
    """What has got through to text that is no picture: there, no control but a line feed is right."""
    return [spelt for spelt in _SPELT if spelt in text] + obeyed_in(text)


def obeyed_in(text: str) -> list[str]:
    """The characters of a text, itself no picture, that a terminal would obey or that deceive its reader."""
    return [character for character in text if unicodedata.category(character) == "Cc" and character != "\n"] + [
        *_OBEYED.findall(text)
    ]


def clipboards(data: str) -> list[str]:
    """All texts that were sent to the clipboard."""
    return [b64decode(text).decode() for text in _CLIPBOARD.findall(data)]


class Answer(NamedTuple):
    """What a server answers; reason and headers as bytes that need not be text."""

    body: bytes
    status: int = 200
    reason: bytes = b"OK"
    headers: Mapping[bytes, bytes] = {}


def told(document: object, status: int = 200, **headers: str) -> Answer:
    """An answer with a document, and headers by their names with underscores."""
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    kind = {b"Content-Type": b"application/json"}
    return Answer(json.dumps(document).encode(), status, headers=kind | named)


@contextmanager
def answering(answer_to: Callable[[str], Answer]) -> Iterator[str]:
    """The base URL of a server that answers each path as told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answer_to(self.path)
            headers = {b"Content-Length": b"%d" % len(answer.body), b"Connection": b"close", **answer.headers}
            lines = [
                b"HTTP/1.1 %d %s" % (answer.status, answer.reason),
                *(b"%s: %s" % pair for pair in headers.items()),
            ]
            with suppress(ConnectionError):  # a client that has seen enough may leave
                self.wfile.write(b"\r\n".join([*lines, b"", answer.body]))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
