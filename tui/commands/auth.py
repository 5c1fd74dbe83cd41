"""``omni-transcripts auth``: keeps the key in the machine's keyring, tells where it comes from, forgets it."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING

from tui.access import Access
from tui.commands.output import say, write_out
from tui.core.errors import ExitStatus, NotFoundError, RefusedError
from tui.core.secret import SecretStr, redacted
from tui.core.text import safe_line
from tui.store import credentials

if TYPE_CHECKING:
    from tui.api.records import Identity

_MOST_CHARACTERS = 4_096
_SUFFICIENT = {"omni:read", "omni:*", "*"}


async def login(access: Access) -> ExitStatus:
    """Ask for a key, see whether it is accepted, and keep it.

    Raises:
        OmniError: It is no key, it is refused, nobody answers, or there is no keyring. Nothing was kept then.
    """
    key = _asked()
    identity = await _identity(access, key)
    credentials.keep_key(access.account, key)
    write_out(f"The key for {access.account} is in the keyring of this machine.\n{_told(identity, key)}".encode())
    return ExitStatus.DONE


async def status(access: Access) -> ExitStatus:
    """Tell where the key comes from, and whose it is.

    Raises:
        OmniError: There is none, it is refused, or nobody answers.
    """
    key = access.key()
    if key is None:
        raise RefusedError("there is no API key", "set PYAI_API_KEY, or run omni-transcripts auth login")
    origin = credentials.origin_of_key(access.environ, access.key_file)
    write_out(f"The key for {access.account} comes from {safe_line(origin)}.\n".encode())
    write_out(_told(await _identity(access, key), key).encode())
    return ExitStatus.DONE


async def logout(access: Access) -> ExitStatus:
    """Forget the key that is kept.

    Raises:
        OutputError: There is no keyring.
    """
    was_there = credentials.forget_key(access.account)
    write_out(f"The keyring holds no key for {access.account} {'any more' if was_there else 'anyway'}.\n".encode())
    if access.key() is not None:
        say(f"there is still a key in {credentials.origin_of_key(access.environ, access.key_file)}")
    return ExitStatus.DONE


def _asked() -> SecretStr:
    """The key that is typed, unseen, or that comes on standard input."""
    typed = getpass("API key (not shown): ") if sys.stdin.isatty() else sys.stdin.readline(_MOST_CHARACTERS)
    return SecretStr(typed.strip())


async def _identity(access: Access, key: SecretStr) -> Identity | None:
    """Whose key it is; None where the server does not tell."""
    async with access.client_with(key) as client:
        try:
            return await client.me()
        except NotFoundError:
            return None


def _told(identity: Identity | None, key: SecretStr) -> str:
    """The facts of an identity, a line each."""
    if identity is None:
        return "Its server does not tell whose it is.\n"
    facts = {
        "Key": identity.key_id,
        "Organisation": identity.org_id,
        "Project": identity.project_id,
        "Environment": identity.environment,
        "Status": identity.status,
        "Scopes": ", ".join(identity.scopes),
        "Plan": identity.plan,
    }
    lines = [f"{name:<14}{redacted(value, key)}" for name, value in facts.items() if value]
    if identity.scopes and not _SUFFICIENT.intersection(identity.scopes):
        lines.append("It may not read calls: for that, a console key needs the scope omni:read.")
    return "".join(f"{line}\n" for line in lines)
