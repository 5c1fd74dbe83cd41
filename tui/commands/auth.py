"""``omni-transcripts auth``: stores the key in the machine's keyring, shows its origin, deletes it."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING

from tui.commands.output import say, write_out
from tui.core.background import in_daemon_thread
from tui.core.errors import ExitStatus, NotFoundError, RefusedError
from tui.core.missing import NO_KEY
from tui.core.secret import SecretStr, redacted
from tui.core.text import safe_line
from tui.sources.connection import Connection
from tui.store import credentials, system_keyring

if TYPE_CHECKING:
    from tui.api.records import Identity

_MOST_CHARACTERS = 4_096
_SUFFICIENT = {"omni:read", "omni:*", "*"}


def read_key(connection: Connection) -> SecretStr:
    """Read the key from a hidden prompt or from standard input, after a check that there is a keyring to store it.

    It blocks, so it must not run in an event loop, where it would delay ctrl+c.

    Raises:
        OutputError: There is no keyring.
        RefusedError: The input is no valid key.
    """
    system_keyring.check(connection.account)
    try:
        typed = getpass("API key (not shown): ") if sys.stdin.isatty() else sys.stdin.readline(_MOST_CHARACTERS)
    except (EOFError, OSError, UnicodeError):
        typed = ""
    from tui.api.settings import check_key

    key = SecretStr(typed.strip())
    check_key(key)
    return key


async def login(connection: Connection, key: SecretStr) -> ExitStatus:
    """Store a key, after a check that the API accepts it.

    Raises:
        OmniError: It is refused, the API is not reachable, or there is no keyring. Nothing was stored then.
    """
    identity = await _identity(connection, key)
    await in_daemon_thread(system_keyring.write, connection.account, key.get_secret_value())
    write_out(f"The key for {connection.account} is in the keyring of this machine.\n{_facts(identity, key)}".encode())
    return ExitStatus.DONE


async def status(connection: Connection) -> ExitStatus:
    """Show the origin and the owner of the key.

    Raises:
        OmniError: There is none, it is refused, or the API is not reachable.
    """
    key = await in_daemon_thread(connection.key)
    if key is None:
        raise RefusedError(*NO_KEY)
    origin = credentials.origin_of_key(connection.environ, connection.key_file)
    write_out(f"The key for {connection.account} comes from {safe_line(origin)}.\n".encode())
    write_out(_facts(await _identity(connection, key), key).encode())
    return ExitStatus.DONE


async def logout(connection: Connection) -> ExitStatus:
    """Delete the stored key.

    Raises:
        OutputError: There is no keyring.
    """
    was_there = await in_daemon_thread(system_keyring.delete, connection.account)
    write_out(f"The keyring holds no key for {connection.account} {'any more' if was_there else 'anyway'}.\n".encode())
    if await in_daemon_thread(connection.key) is not None:
        say(f"there is still a key in {credentials.origin_of_key(connection.environ, connection.key_file)}")
    return ExitStatus.DONE


async def _identity(connection: Connection, key: SecretStr) -> Identity | None:
    """The owner of the key; None if the server does not support the request."""
    async with connection.client_with(key) as client:
        try:
            return await client.me()
        except NotFoundError:
            return None


def _facts(identity: Identity | None, key: SecretStr) -> str:
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
