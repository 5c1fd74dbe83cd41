"""What the client asks for, and what it makes of answers that are whole."""

from __future__ import annotations

import json
import logging
import traceback
from functools import partial

import pytest

from tests.api.conftest import KEY, ClientOf, Pauses, document
from tests.faults import JSON, FaultServer, Script, answer, resets, says, stalls
from tui.api.addons import TRACE
from tui.api.records import Recording
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, RefusedError, UnreachableError, UsageError
from tui.core.progress import Connecting, Progress, Receiving, Waiting
from tui.core.secret import SecretStr

HTML = {"Content-Type": "text/html; charset=utf-8"}


async def test_requests_have_the_expected_headers(client_of: ClientOf) -> None:
    async with (
        FaultServer.following(says(answer(document()))) as server,
        client_of(server.base_url) as client,
    ):
        await client.transcript("c1")
    head = server.requests[0].decode()
    assert head.startswith("GET /v1/omni/calls/c1/transcript HTTP/1.1\r\n")
    assert f"\r\nauthorization: Bearer {KEY}\r\n" in head.replace("Authorization", "authorization")
    assert "Accept-Encoding: gzip, deflate\r\n" in head
    assert "Accept: application/json\r\n" in head


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
async def test_the_version_is_in_the_path_once(suffix: str, client_of: ClientOf) -> None:
    async with (
        FaultServer.following(says(answer(b"{}"))) as server,
        client_of(server.base_url + suffix) as client,
    ):
        await client.call("a/b c%?#é")
    assert server.requests[0].startswith(b"GET /v1/omni/calls/a%2Fb%20c%25%3F%23%C3%A9 HTTP/1.1\r\n")


async def test_without_a_key_none_is_sent(client_of: ClientOf) -> None:
    async with (
        FaultServer.following(says(answer(b"", "401 Unauthorized"))) as server,
        client_of(server.base_url, key=None) as client,
    ):
        with pytest.raises(RefusedError, match="wants a key"):
            await client.me()
    assert b"authorization" not in server.requests[0].lower()


@pytest.mark.parametrize("call_id", ["", "..", "a\nb", "x" * 300, "pyai_live_x", "an opaque key"])
async def test_a_bad_id_is_refused_before_any_request(call_id: str, client_of: ClientOf) -> None:
    async with (
        FaultServer.following(says(b"")) as server,
        client_of(server.base_url, key=SecretStr("an opaque key")) as client,
    ):
        for ask in (client.transcript, client.call, client.recording_url, partial(client.addon, TRACE)):
            with pytest.raises(UsageError):
                await ask(call_id)
    assert server.requests == []


async def test_the_list_request_has_its_parameters(client_of: ClientOf) -> None:
    async with FaultServer.following(says(answer(b"{}"))) as server, client_of(server.base_url) as client:
        await client.calls()
        await client.calls(5, cursor="a+/=&", label="é x")
    first, second = (head.split(b" ")[1] for head in server.requests)
    assert first == b"/v1/omni/calls?limit=20"
    assert second == b"/v1/omni/calls?limit=5&cursor=a%2B%2F%3D%26&session_label=%C3%A9+x"


@pytest.mark.parametrize(("limit", "label"), [(0, None), (101, None), (20, "x" * 257), (20, "a\n"), (20, "\ud800")])
async def test_invalid_list_parameters_are_refused(limit: int, label: str | None, client_of: ClientOf) -> None:
    async with client_of("https://api.example") as client:
        with pytest.raises(UsageError):
            await client.calls(limit, label=label)


async def test_progress_is_reported_in_order(client_of: ClientOf, pauses: Pauses) -> None:
    body, seen = document(), list[Progress]()
    async with (
        FaultServer.following(says(answer(b"", "503 Busy", {"Retry-After": "3"})), says(answer(body))) as server,
        client_of(server.base_url) as client,
    ):
        await client.transcript("c1", seen.append)
    waiting = seen[1]
    assert isinstance(waiting, Waiting)
    assert (waiting.reason.status, waiting.seconds, waiting.attempt, waiting.of) == (503, 3, 2, 3)
    assert [seen[0], *seen[2:4]] == [Connecting(1), Connecting(2), Receiving(0, len(body))]
    assert seen[-1] == Receiving(len(body), len(body))
    assert pauses == [3]


@pytest.mark.parametrize(
    ("status", "attempts"),
    [
        ("401 X", 1),
        ("402 X", 1),
        ("403 X", 1),
        ("404 X", 1),
        ("409 X", 1),
        ("422 X", 1),
        ("429 X", 3),
        ("500 X", 3),
        ("502 X", 3),
        ("503 X", 3),
        ("504 X", 3),
    ],
)
async def test_only_temporary_failures_are_retried(status: str, attempts: int, client_of: ClientOf) -> None:
    async with (
        FaultServer.following(says(answer(b"", status))) as server,
        client_of(server.base_url) as client,
    ):
        with pytest.raises(OmniError) as fault:
            await client.transcript("c1")
    assert len(server.requests) == attempts
    assert fault.value.status == int(status[:3])


@pytest.mark.parametrize("retry_after", ["61", "1e9", "-1", "NaN", "junk"])
async def test_an_excessive_pause_fails_at_once(retry_after: str, client_of: ClientOf, pauses: Pauses) -> None:
    busy = answer(b"", "429 X", {"Retry-After": retry_after})
    async with FaultServer.following(says(busy)) as server, client_of(server.base_url) as client:
        with pytest.raises(OmniError):
            await client.transcript("c1")
    assert (len(server.requests), pauses) == (1, [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (answer(b"<html>dump</html>", headers=HTML), "text/html"),
        (answer(b"", headers=HTML), "text/html"),
        (answer(b""), "empty"),
        (answer(b"<html>dump</html>"), "not JSON"),
        (answer(b"", headers={}), "empty"),
        (answer(b"", "204 No Content"), "204"),
        (answer(b"[]", "206 Partial Content"), "206"),
        (answer(b"", "304 Not Modified"), "304"),
        (answer(b"RIFF", headers={"Content-Type": "audio/wav"}), "recording itself"),
        (answer(document(call_id="other")), "another call"),
    ],
)
async def test_an_invalid_answer_is_named(data: bytes, said: str, client_of: ClientOf) -> None:
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        with pytest.raises(BadAnswerError, match=said) as fault:
            await client.transcript("c1")
    assert "dump" not in fault.value.line()
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.x+JSON", "text/json"])
async def test_other_json_content_types_are_accepted(kind: str, client_of: ClientOf) -> None:
    data = answer(document(), headers={"Content-Type": kind})
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        assert len((await client.transcript("c1")).turns) == 0


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/x?sig=secret",
        "http://127.0.0.1:1/x",
        "/v1/loop",
        "https://xn--a/",
        "https://a.example:99999/",
        "javascript:alert(1)",
        "http://[",
    ],
)
async def test_a_redirect_is_not_followed(status: str, location: str, client_of: ClientOf) -> None:
    moved = answer(b"", f"{status} Moved", {"Location": location})
    async with FaultServer.following(says(moved)) as server, client_of(server.base_url) as client:
        with pytest.raises(UnreachableError, match="redirects to") as fault:
            await client.transcript("c1")
    assert len(server.requests) == 1
    assert "secret" not in fault.value.line()


@pytest.mark.parametrize(
    "data",
    [
        answer(b"", "302 Found", {"Location": "https://files.example/a?sig=1"}),
        answer(b'{"url": "https://files.example/a?sig=1"}'),
    ],
)
async def test_a_recording_has_the_servers_url(data: bytes, client_of: ClientOf) -> None:
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        assert await client.recording_url("c1") == Recording("https://files.example/a?sig=1")
    assert server.requests[0].startswith(b"GET /v1/omni/calls/c1/recording?response=url HTTP/1.1")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (answer(b"", "404 X"), NotFoundError),
        (answer(b"{}"), BadAnswerError),
        (answer(b'{"url": "javascript:alert(1)"}'), BadAnswerError),
        (answer(b"", "302 Found", {"Location": "http://files.example/a"}), BadAnswerError),
        (answer(b"", "302 Found", {"Location": "https://xn--a/"}), BadAnswerError),
        (answer(b"RIFF", headers={"Content-Type": "audio/wav"}), BadAnswerError),
    ],
)
async def test_an_unusable_recording_url_is_refused(data: bytes, kind: type[OmniError], client_of: ClientOf) -> None:
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        with pytest.raises(kind):
            await client.recording_url("c1")


@pytest.mark.parametrize(
    "data",
    [
        answer(f'{{"error": {{"message": "no key {KEY}", "code": "unauthorized"}}}}'.encode(), "401 X"),
        answer(f"no key {KEY}".encode(), "500 X", {"X-Request-Id": KEY}),
        answer(b"", "302 X", {"Location": f"https://other.example/{KEY}"}),
        answer(b"", headers={"Content-Type": KEY}),
        answer(b"x", headers={**JSON, "Content-Encoding": KEY}),
        answer(b"", "302 X", {"Location": f"https://{KEY.replace('_', '-')}.example/{KEY}"}),
        answer(b"", headers={"Content-Type": f"text/{'x' * 45}{KEY}"}),
        answer(b"", "401 X", {"X-Request-Id": "\x1b[m".join(KEY)}),
        answer(json.dumps({"error": {"message": "\u200b".join(KEY), "code": KEY.upper()}}).encode(), "401 X"),
        answer(json.dumps({"title": "\u200d".join(KEY), "request_id": "\n".join(KEY)}).encode(), "401 X"),
        answer(json.dumps({"title": f"{'x' * 190}\x1b[1m{KEY}"}).encode(), "401 X"),
    ],
)
async def test_a_key_sent_back_is_not_shown(data: bytes, client_of: ClientOf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        with pytest.raises(OmniError) as fault:
            await client.transcript("c1")
    told = f"{fault.value.line()} {fault.value!r} {vars(fault.value)} {caplog.text}"
    assert KEY[-20:] not in "".join(character for character in told.lower() if "!" <= character <= "~")
    assert KEY not in "".join(traceback.format_exception(fault.value))


SPOKEN = {"role": "user", "text": f"it is {KEY}"}


async def test_a_key_in_any_field_of_a_record_is_not_shown(client_of: ClientOf) -> None:
    more = {KEY: [{"deep": [1, None, f"a {KEY.upper()}\nb"]}], "huge": "HUGE", "as sent": "one\ntwo"}
    record = {"call_id": "c1", "session_label": f"of {KEY}", "summary": more}
    documents = (record, {"data": [record]}, {**record, "transcript": {"turns": [SPOKEN]}})
    bodies = [json.dumps(one).replace('"HUGE"', "9" * 4_000).encode() for one in documents]
    async with FaultServer.following(*map(says, map(answer, bodies))) as server, client_of(server.base_url) as client:
        one, (listed,) = await client.call("c1"), (await client.calls()).calls
        transcript = await client.transcript("c1")
    assert transcript.record is not None
    for call in (one, listed, transcript.record):
        assert call.label == call.fields["session_label"] == "of [the key]"
        summary = call.fields["summary"]
        assert summary["[the key]"] == [{"deep": [1, None, "a [the key] b"]}]
        assert summary["as sent"] == "one\ntwo"
    assert transcript.turns[0].text == SPOKEN["text"]
    assert transcript.source == bodies[2]


async def test_a_key_in_a_record_is_not_quoted(client_of: ClientOf) -> None:
    record = {"call_id": "c1", "status": f"failed {KEY}", "error": "no " + "\u200b".join(KEY)}
    bodies = (json.dumps(record).encode(), json.dumps({"data": [record]}).encode())
    async with FaultServer.following(*map(says, map(answer, bodies))) as server, client_of(server.base_url) as client:
        one, (listed,) = await client.call("c1"), (await client.calls()).calls
    assert [(call.status, call.error) for call in (one, listed)] == [("failed [the key]", "no [the key]")] * 2


@pytest.mark.parametrize(
    "script",
    [
        says(answer(b"", "401 X")),
        says(answer(b"", "503 X")),
        says(answer(b"[", length=99)),
        says(b"no http\r\n\r\n"),
        stalls(),
        resets(),
    ],
)
async def test_no_error_leads_to_the_key(script: Script, client_of: ClientOf) -> None:
    async with FaultServer.following(script) as server, client_of(server.base_url, read_s=0.05) as client:
        with pytest.raises(OmniError) as fault:
            await client.transcript("c1")
    trace = traceback.TracebackException.from_exception(fault.value, capture_locals=True)
    ours = [frame.locals for frame in trace.stack if "/tests/" not in frame.filename]
    assert ours
    assert KEY not in repr(ours)
    assert fault.value.__cause__ is None
    assert fault.value.__context__ is None


async def test_the_environment_cannot_redirect_plain_http(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        FaultServer.following(says(b"")) as proxy,
        FaultServer.following(says(answer(b"{}"))) as server,
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
        monkeypatch.setenv("ALL_PROXY", proxy.base_url)
        async with client_of(server.base_url) as client:
            await client.me()
    assert (len(proxy.requests), len(server.requests)) == (0, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "gopher://secret@x"),
        ("HTTPS_PROXY", "http://secret@x:notaport"),
        ("https_proxy", "http://secret@x:99999"),
        ("HTTPS_PROXY", "http://secret@xn--a"),
        ("HTTPS_PROXY", "http://secret@a..b"),
        ("ALL_PROXY", "socks4://secret@x"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
        ("SSL_CERT_FILE", "/dev/null"),
        ("SSL_CERT_DIR", "/nowhere"),
    ],
)
async def test_an_unusable_environment_is_named(
    name: str, value: str, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    async with client_of("https://api.example") as client:
        with pytest.raises(UsageError, match=name) as fault:
            await client.me()
    assert "secret" not in fault.value.line()


async def test_a_closed_client_opens_again(client_of: ClientOf) -> None:
    async with FaultServer.following(says(answer(b"{}"))) as server:
        client = client_of(server.base_url, key=SecretStr(KEY))
        await client.me()
        await client.aclose()
        await client.aclose()
        await client.me()
        await client.aclose()
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (answer(b"", "404 X", {"X-Request-Id": "req_1"}), NotFoundError),
        (answer(b"<", "200 OK", {"X-Request-Id": "req_1"}), BadAnswerError),
        (answer(b"", "200 OK", {**HTML, "X-Request-Id": "req_1"}), BadAnswerError),
        (answer(b"", "302 X", {"Location": "/x", "X-Request-Id": "req_1"}), UnreachableError),
    ],
)
async def test_every_answer_error_names_its_request(data: bytes, kind: type[OmniError], client_of: ClientOf) -> None:
    async with FaultServer.following(says(data)) as server, client_of(server.base_url) as client:
        with pytest.raises(kind) as fault:
            await client.transcript("c1")
    assert "(request req_1)" in fault.value.line()


async def test_older_servers_have_no_identities(client_of: ClientOf) -> None:
    unknown = answer(b'{"error": {"code": "unknown_route"}}', "404 X")
    async with FaultServer.following(says(unknown)) as server, client_of(server.base_url) as client:
        with pytest.raises(NotFoundError, match="does not tell") as fault:
            await client.me()
    assert fault.value.code == "unknown_route"
