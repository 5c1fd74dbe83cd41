"""Parses pages of calls, recordings, identities, and the calls whose fields are not what the API promises."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, Field

from tui.api.call_record import call_of, json_object, plain_call
from tui.api.lenient import Number, UnixMs, parse_leniently
from tui.core.json_values import as_json
from tui.core.record import Call, CallPage
from tui.core.transcript import MAX_LENGTH_S

_FIELD_WORDS = {"status": "status", "session_label": "label", "duration_s": "length", "started_at": "start"}
"""The fields that are shown to the user, with their names in messages."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A temporary link to the audio of a call.

    Attributes:
        url: A signed URL, which gives access to the audio: hidden in repr, and never stored.
        expires_at_ms: Unix time in ms at which it expires; None if not sent.
    """

    url: str = field(repr=False)
    expires_at_ms: int | None = None


class Identity(BaseModel):
    """The owner and the permissions of a key.

    Attributes:
        key_id: The key's public id; never the key.
        org_id: The organisation.
        project_id: The project.
        environment: "test" or "live".
        status: The key's status.
        scopes: The key's permissions, as sent.
        plan: The plan of the account.
        limits: The limits of the key, as sent.
    """

    key_id: str | None = None
    org_id: str | None = None
    project_id: str | None = None
    environment: str | None = Field(default=None, validation_alias=AliasChoices("environment", "env"))
    status: str | None = None
    scopes: tuple[str, ...] = ()
    plan: str | None = None
    limits: dict[str, Any] | None = None


class _WireCall(BaseModel):
    call_id: str = ""
    session_label: str | None = None
    status: str | None = None
    duration_s: Annotated[Number, Field(ge=0, le=MAX_LENGTH_S)] | None = None
    started_at: UnixMs | None = None
    created_at: UnixMs | None = None
    error: str | None = None
    has_recording: bool | None = None
    has_summary: bool | None = None


class _WirePage(BaseModel):
    data: list[Any] = []
    has_more: bool | None = None
    next_cursor: Annotated[str, Field(max_length=2048)] | None = None  # it has to fit into a URL


class _WireRecording(BaseModel):
    url: str = ""
    expires_at: UnixMs | None = None


def parse_page(body: bytes) -> CallPage:
    """Parse a page of records; items that are no objects are left out.

    Raises:
        BadAnswerError: It is no JSON object.
    """
    page, _ = parse_leniently(_WirePage, json_object(body, "a list of calls"))
    calls = tuple(call_of(item, "") for item in page.data if isinstance(item, dict))
    cursor = None if page.has_more is False else page.next_cursor or None
    return CallPage(calls, cursor, is_cut_off=page.has_more is True and cursor is None)


def parse_recording(body: bytes) -> Recording:
    """Parse a recording; the URL is as sent, and may be empty.

    Raises:
        BadAnswerError: It is no JSON object.
    """
    wire, _ = parse_leniently(_WireRecording, json_object(body, "a recording"))
    return Recording(wire.url, None if wire.expires_at is None else round(wire.expires_at))


def parse_identity(body: bytes) -> Identity:
    """Parse an identity.

    Raises:
        BadAnswerError: It is no JSON object.
    """
    identity, _ = parse_leniently(Identity, json_object(body, "an identity"))
    return identity


def lenient_call(fields: dict[str, Any], asked: str) -> Call:
    """Read a record whose fields may have any values."""
    wire, refused = parse_leniently(_WireCall, fields)
    told = {name: as_json(refused[name]) for name in ("call_id", "error") if refused.get(name) is not None}
    odd = tuple(f"{_FIELD_WORDS[name]} not understood" for name in refused if name in _FIELD_WORDS)
    return replace(plain_call(wire.model_dump() | told, asked), fields=fields, odd=odd)
