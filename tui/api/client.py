"""The client of the Omni API: one request per method, with retries, deadlines and limits.

``wire``, ``records`` and ``errors`` interpret answers; nothing is kept between two requests except
the connection. Parsers are imported late, so that the first request does not wait for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from functools import partial
from os import environ
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar

import anyio
import httpx

from tui import __version__
from tui.api.body import ACCEPT_ENCODING, read_body
from tui.api.certificates import trusting_context
from tui.api.errors import ErrorMapping, named_host, parse_error, redact, redirected, timed_out, unreachable
from tui.api.proxies import Route, route_to
from tui.api.redaction import body_without_key, transcript_without_key
from tui.api.retries import Sleep, with_retries
from tui.api.settings import ApiSettings
from tui.api.target import call_path, is_loopback, may_be_opened
from tui.core.background import start
from tui.core.call_id import KEY_FOR_ID
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, UnreachableError, UsageError
from tui.core.progress import OnProgress, Progress
from tui.core.secret import SecretStr

if TYPE_CHECKING:
    from tui.api.addons import Addon
    from tui.api.records import Identity, Recording
    from tui.core.details.unavailable import Unavailable
    from tui.core.record import Call, CallPage
    from tui.core.transcript import Transcript

T = TypeVar("T")

_ERROR_BODY = 64 * 1024  # bytes; an error is shown on one line
_LOCATION = "omni_location"

_NO_CALL = ErrorMapping(NotFoundError, "there is no call “{}”", "check the id; only finished calls are listed")
_NO_TRANSCRIPT = ErrorMapping(
    NotFoundError,
    "there is no call “{}”, or no transcript of it yet",
    "check the id; a transcript comes some seconds after the end of a call, and never if nobody spoke",
)
_NO_RECORDING = ErrorMapping(NotFoundError, "there is no recording of this call", "it may not have been recorded")
_NO_CALLS = ErrorMapping(NotFoundError, "this server has no list of calls", "check --base-url or PYAI_BASE_URL")
_NO_IDENTITY = ErrorMapping(
    NotFoundError, "this server does not tell whom a key belongs to", "the key may work all the same"
)


def _of(call_id: str, missing: ErrorMapping) -> ErrorMapping:
    """What a 404 means, with the id of the call that was asked for."""
    return missing._replace(what=missing.what.format(call_id))


class _Request(NamedTuple, Generic[T]):
    """A request, and how to interpret its answer.

    Attributes:
        path: The path below the base URL.
        parse: Turns the body into the result.
        missing: What a 404 means.
        params: The query parameters.
        from_location: Turns a redirect's target into the result; None where redirects are errors.
        is_kept_as_sent: Whether the body is kept, and so stays as it is; else the key is not in what is parsed.
    """

    path: str
    parse: Callable[[bytes], T]
    missing: ErrorMapping
    params: Mapping[str, str] = MappingProxyType({})
    from_location: Callable[[str], T] | None = None
    is_kept_as_sent: bool = False


class _Bearer(httpx.Auth):
    """Adds the key to a request just before it is sent, so that no other object holds it."""

    def __init__(self, key: SecretStr | None) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._key is not None:
            request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        yield request


def _ignore(_: Progress) -> None:
    """Discard progress."""


class OmniClient:
    """Reads calls, transcripts and recordings of one account. Use it with ``async with``, in one event loop.

    Every method raises only subclasses of ``OmniError``, and can be cancelled at any moment.

    Args:
        settings: Address, key, limits and deadlines.
        sleep: Awaited for the pauses between attempts.
    """

    def __init__(self, settings: ApiSettings, *, sleep: Sleep = asyncio.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._opened: httpx.AsyncClient | None = None
        self._route = Route()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection; the next request opens another."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()

    async def transcript(self, call_id: str, on_progress: OnProgress | None = None) -> Transcript:
        """The transcript of a call.

        Raises:
            UsageError: The id is invalid; nothing was sent.
            NotFoundError: No such call, or no transcript yet.
            OmniError: Any other failure.
        """
        from tui.api.wire import parse_transcript

        return self.without_key(
            await self._transcript(call_id, partial(parse_transcript, call_id=call_id), on_progress)
        )

    def without_key(self, transcript: Transcript) -> Transcript:
        """A transcript without the key in the record that came within it; its source stays as sent."""
        return transcript_without_key(transcript, self._settings.key)

    async def transcript_body(self, call_id: str, on_progress: OnProgress | None = None) -> bytes:
        """The decompressed body of the same answer, not parsed."""
        return await self._transcript(call_id, bytes, on_progress)

    async def _transcript(self, call_id: str, parse: Callable[[bytes], T], on_progress: OnProgress | None) -> T:
        path = call_path(self._checked(call_id), "transcript")
        request = _Request(path, parse, _of(call_id, _NO_TRANSCRIPT), is_kept_as_sent=True)
        return await self._get(request, on_progress or _ignore)

    async def call(self, call_id: str, on_progress: OnProgress = _ignore) -> Call:
        """The record of a call, with its details."""
        from tui.api.call_record import parse_call

        path = call_path(self._checked(call_id))
        request = _Request(path, partial(parse_call, call_id=call_id), _of(call_id, _NO_CALL))
        return await self._get(request, on_progress)

    async def calls(
        self,
        limit: int = 20,
        cursor: str | None = None,
        label: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> CallPage:
        """A page of the account's finished calls, newest first; ``CallPager`` guards against odd cursors.

        Args:
            limit: How many, 1 to 100.
            cursor: The ``next_cursor`` of the previous page.
            label: Only calls with exactly this session label.
            on_progress: Receives the progress.

        Raises:
            UsageError: ``limit`` or ``label`` is invalid; nothing was sent.
            OmniError: As for ``transcript``.
        """
        from tui.api.records import parse_page

        params = _list_params(limit, cursor, label)
        return await self._get(_Request("/v1/omni/calls", parse_page, _NO_CALLS, params), on_progress or _ignore)

    async def recording_url(self, call_id: str) -> Recording:
        """A fresh signed URL of the recording; neither downloads the audio nor follows a redirect.

        Raises:
            NotFoundError: There is no recording.
            OmniError: As for ``transcript``.
        """
        from tui.api.records import Recording, parse_recording

        path = call_path(self._checked(call_id), "recording")
        recording = await self._get(
            _Request(path, parse_recording, _NO_RECORDING, {"response": "url"}, from_location=Recording)
        )
        if not may_be_opened(recording.url):
            raise BadAnswerError("the server names no usable address of the recording", "it has to be an https URL")
        return recording

    async def addon(self, addon: Addon[T], call_id: str) -> T | Unavailable:
        """What a paid part of the platform knows of a call.

        Raises:
            OmniError: As for ``transcript``; that the call, the key or the plan does not have it is no error.
        """
        try:
            path = addon.path_of(self._checked(call_id))
            return await self._get(_Request(path, lambda body: addon.parse(body, call_id), addon.missing))
        except OmniError as fault:
            unavailable = addon.unavailable(fault)
            if unavailable is None:
                raise
        return unavailable

    async def me(self) -> Identity:
        """The owner and the scopes of the key.

        Raises:
            NotFoundError: An older server without this endpoint.
            OmniError: As for ``transcript``.
        """
        from tui.api.records import parse_identity

        try:
            return await self._get(_Request("/v1/me", parse_identity, _NO_IDENTITY))
        except UsageError as fault:
            if fault.code != "unknown_route":
                raise
            facts: dict[str, Any] = {"status": fault.status, "code": fault.code, "request_id": fault.request_id}
        raise NotFoundError(_NO_IDENTITY.what, _NO_IDENTITY.hint, **facts)

    async def _get(self, request: _Request[T], on_progress: OnProgress = _ignore) -> T:
        """One request with all its attempts, within the overall deadline."""
        try:
            async with asyncio.timeout(self._settings.overall_s):
                return await with_retries(lambda: self._attempt(request, on_progress), on_progress, self._sleep)
        except TimeoutError:
            pass  # raised outside of ``except``: the error's context would lead to the request
        raise UnreachableError(f"no answer within {self._settings.overall_s:g} s in all", "try again later")

    def _checked(self, call_id: str) -> str:
        """A call id, which is sent in a URL; the key in its place is refused, whatever its form.

        Raises:
            UsageError: It is the key.
        """
        if SecretStr(call_id) == self._settings.key:
            raise UsageError(*KEY_FOR_ID)
        return call_id

    async def _attempt(self, request: _Request[T], on_progress: OnProgress) -> T:
        """One attempt, within its deadline; raises outside of ``except``, as an httpx error leads to the key."""
        fault: OmniError
        host = named_host(self._settings.base_url)
        try:
            async with asyncio.timeout(self._settings.attempt_s):
                return await _until_cancelled(self._exchange(request, on_progress))
        except httpx.HTTPError as error:
            fault = unreachable(error, host, self._route)
        except TimeoutError:
            fault = timed_out(host, self._route)
        raise fault

    async def _exchange(self, request: _Request[T], on_progress: OnProgress) -> T:
        url = self._settings.base_url + request.path
        extensions = {} if url.startswith("https:") else {"trace": _check_peer}
        async with self._http().stream("GET", url, params=request.params, extensions=extensions) as response:
            try:
                return await self._read(request, response, on_progress)
            except OmniError as fault:
                fault.request_id = fault.request_id or response.headers.get("x-request-id")
                redact(fault, self._settings.key)
                raise

    async def _read(self, request: _Request[T], response: httpx.Response, on_progress: OnProgress) -> T:
        if response.status_code >= 400:
            raise await self._refusal(response, request.missing)
        location = response.extensions.get(_LOCATION)
        if location is not None:
            if request.from_location is None:
                raise redirected(response.status_code, location)
            return request.from_location(location)
        _check_head(response)
        body = await read_body(response, self._settings.max_body_bytes, on_progress)
        return request.parse(body if request.is_kept_as_sent else body_without_key(body, self._settings.key))

    async def _refusal(self, response: httpx.Response, missing: ErrorMapping) -> OmniError:
        try:
            body = await read_body(response, _ERROR_BODY, _ignore)
        except (BadAnswerError, httpx.TimeoutException):
            body = b""  # the status has to suffice
        return parse_error(response.status_code, response.headers, body, missing=missing, key=self._settings.key)

    def _http(self) -> httpx.AsyncClient:
        if self._opened is None:
            self._route = route_to(httpx.URL(self._settings.base_url), environ)
            self._opened = _open(self._settings, self._route)
        return self._opened


async def _until_cancelled(exchange: Awaitable[T]) -> T:
    """Await an exchange; when cancelled, return at once while it closes its connection in the background.

    httpcore shields closing from anyio's cancellation, but not from asyncio's: a task cancelled while it closes
    a connection would leave it open, and counted, for ever.
    """
    scope = anyio.CancelScope()

    async def scoped() -> T:
        with scope:
            try:
                return await exchange
            except Exception:
                if not scope.cancel_called:
                    raise
        raise asyncio.CancelledError  # cancelled: the failure is of no interest

    task = start(scoped())
    try:
        await asyncio.wait([task])
    finally:
        scope.cancel()
    return task.result()


def _open(settings: ApiSettings, route: Route) -> httpx.AsyncClient:
    """The HTTP client. httpx ignores the environment here; proxies and certificates are read by us.

    Raises:
        UsageError: The environment names unusable certificates.
    """
    return httpx.AsyncClient(
        auth=_Bearer(settings.key),
        headers={
            "Accept": "application/json",
            "Accept-Encoding": ACCEPT_ENCODING,
            "User-Agent": f"omni-transcripts/{__version__}",
        },
        timeout=httpx.Timeout(settings.read_s, connect=settings.connect_s),
        follow_redirects=False,
        event_hooks={"response": [_take_location]},
        trust_env=False,
        proxy=route.proxy,
        verify=trusting_context(environ) if settings.base_url.startswith("https:") else False,
    )


async def _take_location(response: httpx.Response) -> None:
    """Move a redirect's target away from httpx, which would parse it and fail if it is no URL."""
    if response.has_redirect_location:
        response.extensions[_LOCATION] = response.headers.pop("location")


async def _check_peer(event: str, info: Mapping[str, Any]) -> None:
    """Check, before anything is sent, that plain http is connected to this machine.

    Raises:
        UsageError: The loopback name resolved to another machine.
    """
    if event != "connection.connect_tcp.complete":
        return
    stream = info["return_value"]
    address = str(stream.get_extra_info("server_addr")[0])
    if not is_loopback(address.partition("%")[0]):
        await stream.aclose()
        raise UsageError(f"the base URL's host leads to {address}, which is another machine", "use https")


def _check_head(response: httpx.Response) -> None:
    """Reject an answer that is no JSON document, before its body is read.

    Raises:
        BadAnswerError: The status or the content type is unexpected.
    """
    status = response.status_code
    if status != 200:
        raise BadAnswerError(f"the server answered with the status {status}, not 200", "try again", status=status)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("audio/"):
        raise BadAnswerError("the server sends the recording itself, not a link to it", "download it another way")
    if kind and not (kind in {"application/json", "text/json"} or kind.endswith("+json")):
        named = kind if kind.startswith(("text/", "application/", "image/", "video/")) else "something else"
        raise BadAnswerError(
            f"the server answered with {named}, not with JSON", "check the base URL, and for a login page or a proxy"
        )


def _list_params(limit: int, cursor: str | None, label: str | None) -> dict[str, str]:
    if not 1 <= limit <= 100:
        raise UsageError(f"{limit} calls cannot be listed at once", "ask for 1 to 100")
    if label is not None and (len(label) > 256 or not label.isprintable()):
        raise UsageError("a session label has at most 256 characters, all of them printable", "copy it again")
    asked = {"limit": str(limit), "cursor": cursor, "session_label": label}
    return {name: value for name, value in asked.items() if value is not None}
