"""The key in the keyring: stored, used, described, deleted, and never shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import null

from tests.faults import answer, says
from tests.keyrings import FILE_VARIABLE, BrokenKeyring, FileKeyring
from tests.program import KEY, Cli, Told, serving
from tui.core.errors import ExitStatus
from tui.demo.contract import DEMO_KEY, SCOPELESS_KEY
from tui.demo.server import DemoServer

Auth = Callable[..., Told]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the keyring."""
    path = tmp_path / "keyring.json"
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call]  # keyring has no types
    yield path
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]  # keyring has no types


@pytest.fixture
def cli(cli: Cli) -> Cli:
    cli.set("PYAI_API_KEY", "")
    return cli


@pytest.fixture
def auth(cli: Cli, server: DemoServer) -> Auth:
    """``auth`` of somebody without a key, with a line on standard input."""

    def run(action: str, typed: str = "") -> Told:
        return cli("auth", action, "--base-url", f"{server.base_url}/v1", stdin=f"{typed}\n".encode())

    return run


def test_a_key_is_stored_used_shown_and_deleted(cli: Cli, auth: Auth, server: DemoServer, kept: Path) -> None:
    told = auth("login", f"  {DEMO_KEY} ")
    assert f"The key for {server.base_url} is in the keyring" in told.text
    assert "omni:read" in told.text
    assert DEMO_KEY in kept.read_text()
    assert DEMO_KEY not in told.text
    assert cli("call_demo_untimed", "--base-url", server.base_url).text.startswith("call_demo_untimed\n")
    assert "comes from the keyring" in auth("status").text
    assert "holds no key for" in auth("logout").text
    assert kept.read_text() == "{}"
    assert auth("status").status == ExitStatus.REFUSED
    assert "anyway" in auth("logout").text


def test_a_key_is_of_one_api_only(cli: Cli, auth: Auth, kept: Path) -> None:
    auth("login", DEMO_KEY)
    with serving(says(answer(b"{}"))) as elsewhere:
        told = cli("call_x", "--base-url", elsewhere.base_url)
        assert told.status == ExitStatus.REFUSED
        assert elsewhere.requests == []


def test_other_key_sources_precede_the_keyring(cli: Cli, auth: Auth, kept: Path) -> None:
    auth("login", DEMO_KEY)
    cli.set("PYAI_API_KEY", SCOPELESS_KEY)
    told = auth("status")
    assert "comes from PYAI_API_KEY" in told.text
    assert "a console key needs the scope omni:read" in told.text
    told = auth("logout")
    assert told.status == ExitStatus.DONE
    assert "there is still a key in PYAI_API_KEY" in told.line


@pytest.mark.parametrize("typed", [KEY, "", "short", "x" * 9_000])
def test_a_refused_key_is_not_stored(auth: Auth, kept: Path, typed: str) -> None:
    assert auth("login", typed).status == ExitStatus.REFUSED
    assert not kept.exists()


def test_a_server_without_identities_is_accepted(cli: Cli, kept: Path) -> None:
    with serving(says(answer(b"{}", "404 Not Found"))) as server:
        told = cli("auth", "login", "--base-url", server.base_url, stdin=KEY.encode())
    assert "does not tell whose it is" in told.text


def test_a_missing_keyring_is_reported(auth: Auth) -> None:
    keyring.set_keyring(BrokenKeyring())  # type: ignore[no-untyped-call]  # keyring has no types
    try:
        told = auth("login", DEMO_KEY)
        assert told.status == ExitStatus.OUTPUT
        assert "no keyring on this machine that can be used (RuntimeError)" in told.line
        assert DEMO_KEY.encode() not in told.err
        assert auth("logout").status == ExitStatus.OUTPUT
        assert auth("status").status == ExitStatus.REFUSED
    finally:
        keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]  # keyring has no types


def test_the_key_cannot_be_an_argument(cli: Cli) -> None:
    assert cli("auth", "login", KEY[:20]).status == ExitStatus.USAGE
    assert cli("auth").status == ExitStatus.USAGE
    assert cli("auth", "status", "--demo").status == ExitStatus.USAGE
