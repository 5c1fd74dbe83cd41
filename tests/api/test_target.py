"""Base URLs and the paths below them."""

from __future__ import annotations

import pytest

from tui.api.settings import ApiSettings
from tui.api.target import base_url, call_path, may_be_opened
from tui.core.errors import RefusedError, UsageError
from tui.core.secret import SecretStr


@pytest.mark.parametrize(
    "text",
    [
        "https://api.pyai.com",
        "https://api.pyai.com/",
        "https://api.pyai.com/v1",
        " https://api.pyai.com/v1/ ",
    ],
)
def test_the_base_is_the_same_with_and_without_version(text: str) -> None:
    assert base_url(text) == "https://api.pyai.com"


def test_a_path_before_the_version_stays() -> None:
    assert base_url("https://gate.example/pyai/v1") == "https://gate.example/pyai"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9:8080", "[::1]:8080", "localhost", "LOCALHOST:1"])
def test_plain_http_to_this_machine_is_allowed(host: str) -> None:
    assert base_url(f"http://{host}").startswith("http://")


@pytest.mark.parametrize(
    "text",
    [
        "http://api.pyai.com",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://128.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "api.pyai.com",
        "",
        "https://",
        "https://user:secret@api.pyai.com",
        "https://user@api.pyai.com",
        "https://api.pyai.com?x=1",
        "https://api.pyai.com#x",
        "https://api.pyai.com:notaport",
        "https://api.pyai.com:99999",
        "https://api.pyai.com:0",
        "https://xn--a",
        "https://a..b",
        f"https://{'a' * 64}.example",
        "https://a\x00b",
        "https://a/" + "x" * 70_000,
    ],
)
def test_any_other_base_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as fault:
        base_url(text)
    assert "secret" not in fault.value.line()


def test_a_hostile_id_stays_one_segment() -> None:
    assert call_path("../me?x#y", "transcript") == "/v1/omni/calls/..%2Fme%3Fx%23y/transcript"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://files.example/a?sig=1", True),
        ("http://127.0.0.1:1/a", True),
        ("http://files.example/a", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("/relative", False),
        ("", False),
        ("https://a\x00", False),
        ("https://xn--a/", False),
        ("https://a:99999/", False),
    ],
)
def test_only_a_private_url_may_be_opened(url: str, allowed: bool) -> None:
    assert may_be_opened(url) is allowed


@pytest.mark.parametrize("key", ["short", "x" * 513, "schlüssel-lang", "with\nnewline", "nul\x00nulnul"])
def test_an_invalid_key_is_refused_without_quoting_it(key: str) -> None:
    with pytest.raises(RefusedError) as fault:
        ApiSettings("https://api.pyai.com", SecretStr(key))
    assert key not in fault.value.line()


def test_settings_do_not_show_the_key() -> None:
    assert "pyai_live_secret" not in repr(ApiSettings("https://a.example", SecretStr("pyai_live_secret")))
