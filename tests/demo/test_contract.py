"""Every answer of the demo server, over HTTP, against the published description."""

import io
import json
import wave
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.demo import schema
from tests.demo.conftest import Clock
from tui.demo.calls import LATE_ID, SAMPLES
from tui.demo.contract import DEMO_KEY, PLANLESS_KEY, SCOPELESS_KEY
from tui.demo.server import DemoServer

CALLS = "/v1/omni/calls"
BOOKING = f"{CALLS}/call_demo_booking"
EXTRA_PATH = f"{CALLS}/{quote('a/b ü?', safe='')}"
WITH_TRANSCRIPT = [s.call_id for s in SAMPLES if s.call_id not in (LATE_ID, "call_demo_failed")]


def walk(client: httpx.Client, **params: str | int) -> list[dict[str, Any]]:
    """All records of the list, page by page; every page is checked."""
    records: list[dict[str, Any]] = []
    while True:
        page = client.get(CALLS, params=params).json()
        schema.check(page, schema.PAGE)
        records += page["data"]
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return records
        params["cursor"] = page["next_cursor"]


def assert_problem(response: httpx.Response, status: int, code: str) -> None:
    problem = response.json()
    schema.check(problem, schema.PROBLEM)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"]) == (status, status)
    assert problem["type"].rsplit("/", 1)[-1] == code
    assert problem["request_id"] == response.headers["X-Request-Id"]


def assert_gateway_error(response: httpx.Response, status: int, code: str) -> None:
    schema.check(response.json(), schema.GATEWAY_ERROR)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.headers["X-Request-Id"]


# The list


def test_the_list_has_every_call_once_newest_first(client: httpx.Client) -> None:
    records = walk(client)
    ids = [record["call_id"] for record in records]
    created = [record["created_at"] for record in records if record["call_id"] != LATE_ID]
    assert {sample.call_id for sample in SAMPLES} | {"call_large_300", "a/b ü?", "call_not_json"} == set(ids)
    assert len(ids) == len(set(ids))
    assert created == sorted(created, reverse=True)


@pytest.mark.parametrize("limit", [1, 3, 12, 13, 100])
def test_pages_of_any_size_have_the_same_calls(client: httpx.Client, limit: int) -> None:
    assert walk(client, limit=limit) == walk(client)


def test_a_page_is_as_long_as_its_limit(client: httpx.Client) -> None:
    page = client.get(CALLS, params={"limit": 4}).json()
    assert (len(page["data"]), page["has_more"]) == (4, True)


def test_a_page_has_twenty_calls_by_default() -> None:
    extra = {f"call_{number}": b"{}" for number in range(30)}
    with DemoServer(extra=extra) as server:
        response = httpx.get(server.base_url + CALLS, headers={"x-api-key": DEMO_KEY}, trust_env=False)
    assert len(response.json()["data"]) == 20


@pytest.mark.parametrize("limit", ["0", "101", "-1", "2.5", "ten", "", "٣"])
def test_a_bad_limit_is_a_problem(client: httpx.Client, limit: str) -> None:
    assert_problem(client.get(CALLS, params={"limit": limit}), 400, "invalid_request")


@pytest.mark.parametrize("cursor", ["", "nonsense", "Y2FsbF9vdGhlcg=="])
def test_an_unknown_cursor_is_a_problem(client: httpx.Client, cursor: str) -> None:
    assert_problem(client.get(CALLS, params={"cursor": cursor}), 400, "invalid_request")


def test_the_label_filters_exactly(client: httpx.Client) -> None:
    (record,) = walk(client, session_label="dental-front-desk")
    assert record["call_id"] == "call_demo_booking"
    assert walk(client, session_label="湯の里旅館 ♨️ 予約")[0]["call_id"] == "call_demo_japanese"
    assert walk(client, session_label="dental") == []


# One call


@pytest.mark.parametrize("call_id", [sample.call_id for sample in SAMPLES] + ["call_large_300"])
def test_the_detail_adds_to_the_record(client: httpx.Client, call_id: str) -> None:
    detail = client.get(f"{CALLS}/{call_id}").json()
    schema.check(detail, schema.DETAIL)
    (record,) = [record for record in walk(client) if record["call_id"] == call_id]
    assert record.items() <= detail.items()
    assert detail["has_summary"] == ("summary" in detail)
    assert detail["has_recording"] == ("recording_url" in detail)


@pytest.mark.parametrize("call_id", WITH_TRANSCRIPT)
def test_a_sample_has_the_same_transcript_at_both_places(client: httpx.Client, call_id: str) -> None:
    document = client.get(f"{CALLS}/{call_id}/transcript").json()
    schema.check(document, schema.TRANSCRIPT)
    assert document["call_id"] == call_id
    assert client.get(f"{CALLS}/{call_id}").json()["transcript"] == document["transcript"]


def test_an_offloaded_transcript_is_reached_by_its_url_without_a_key(client: httpx.Client, server: DemoServer) -> None:
    detail = client.get(f"{CALLS}/call_large_300").json()
    assert "transcript" not in detail
    offloaded = httpx.get(detail["transcript_url"], trust_env=False)
    assert offloaded.content == client.get(f"{CALLS}/call_large_300/transcript").content


def test_a_failed_call_says_why_and_has_no_transcript(client: httpx.Client) -> None:
    detail = client.get(f"{CALLS}/call_demo_failed").json()
    assert detail["status"] == "failed"
    assert detail["error"].startswith(detail["recording_result"]["terminal_reason"])
    assert_problem(client.get(f"{CALLS}/call_demo_failed/transcript"), 404, "not_found")


@pytest.mark.parametrize("rest", ["", "/transcript", "/recording"])
def test_an_unknown_call_is_a_problem(client: httpx.Client, rest: str) -> None:
    assert_problem(client.get(f"{CALLS}/call_nobody_made{rest}"), 404, "not_found")


def test_an_id_travels_as_one_encoded_segment(client: httpx.Client) -> None:
    assert client.get(EXTRA_PATH).json()["call_id"] == "a/b ü?"
    assert client.get(f"{EXTRA_PATH}/transcript").content == b'{"turns": []}'
    assert httpx.get(client.get(EXTRA_PATH).json()["transcript_url"], trust_env=False).status_code == 200


def test_an_extra_body_is_served_as_it_is(client: httpx.Client) -> None:
    response = client.get(f"{CALLS}/call_not_json/transcript")
    assert (response.headers["Content-Type"], response.content) == ("application/json", b"<html>")


# The late transcript


def test_the_late_transcript_comes_some_seconds_after_the_first_request() -> None:
    clock = Clock()
    with (
        DemoServer(late_s=8.0, clock=clock) as server,
        httpx.Client(base_url=server.base_url, headers={"x-api-key": DEMO_KEY}, trust_env=False) as client,
    ):
        clock.now_s += 100
        assert_problem(client.get(f"{CALLS}/{LATE_ID}/transcript"), 404, "not_found")
        asked_at_ms = clock.now_s * 1000
        clock.now_s += 7.9
        assert client.get(f"{CALLS}/{LATE_ID}/transcript").status_code == 404
        detail = client.get(f"{CALLS}/{LATE_ID}").json()
        assert (detail["status"], detail["created_at"]) == ("completed", asked_at_ms)
        assert "transcript" not in detail
        clock.now_s += 0.2
        schema.check(client.get(f"{CALLS}/{LATE_ID}/transcript").json(), schema.TRANSCRIPT)
        assert "transcript" in client.get(f"{CALLS}/{LATE_ID}").json()


# Recordings


def test_a_recording_is_a_redirect_to_a_signed_wav(client: httpx.Client) -> None:
    response = client.get(f"{BOOKING}/recording")
    assert (response.status_code, response.content) == (302, b"")
    audio = httpx.get(response.headers["Location"], trust_env=False)
    assert audio.headers["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(audio.content)) as sound:
        assert sound.getnframes() == 6000


def test_a_recording_is_a_url_on_request(client: httpx.Client, clock: Clock) -> None:
    recording = client.get(f"{BOOKING}/recording", params={"response": "url"}).json()
    schema.check(recording, schema.RECORDING)
    assert recording["call_id"] == "call_demo_booking"
    assert recording["expires_at"] == (clock.now_s + recording["expires_in"]) * 1000


def test_a_signed_url_is_valid_unchanged_until_it_expires(
    client: httpx.Client, anonymous: httpx.Client, clock: Clock
) -> None:
    recording = client.get(f"{BOOKING}/recording", params={"response": "url"}).json()
    url: str = recording["url"]
    assert anonymous.get(url).status_code == 200
    for forged in (url[:-1], url.replace("booking", "long"), url.partition("?")[0], f"{url}é"):
        assert_gateway_error(anonymous.get(forged), 403, "forbidden")
    clock.now_s += recording["expires_in"]
    assert_gateway_error(anonymous.get(url), 403, "forbidden")


def test_a_call_without_a_recording_is_a_problem(client: httpx.Client) -> None:
    assert_problem(client.get(f"{CALLS}/call_demo_untimed/recording"), 404, "not_found")


# Trace and Recap

TRACED = "call_demo_trouble", "call_demo_booking"


@pytest.mark.parametrize("call_id", TRACED)
def test_a_trace_measures_the_turns_of_its_call(client: httpx.Client, call_id: str) -> None:
    trace = client.get(f"/v1/trace/interactions/{call_id}").json()
    schema.check(trace, schema.TRACE)
    assert trace["id"] == call_id
    turns = client.get(f"{CALLS}/{call_id}/transcript").json()["transcript"]["turns"]
    assert [entry["text"] for entry in trace["timeline"]] == [
        turn["text"] for turn in turns if turn["role"] in ("user", "assistant")
    ]
    assert trace["derived_metrics"]["turns"] == len(trace["timeline"])
    measured = sorted(entry["ttfb_ms"] for entry in trace["timeline"] if "ttfb_ms" in entry)
    assert trace["derived_metrics"]["ttfb_ms"] == {
        "count": len(measured),
        "p50": measured[(len(measured) - 1) // 2],
        "p95": measured[-(-95 * len(measured) // 100) - 1],
        "p99": measured[-1],
    }


@pytest.mark.parametrize("call_id", TRACED)
def test_a_recap_quotes_its_call(client: httpx.Client, call_id: str) -> None:
    recap = client.get(f"/v1/recap/calls/{call_id}").json()
    schema.check(recap, schema.RECAP)
    assert recap["call_id"] == call_id
    spoken = json.dumps(client.get(f"{CALLS}/{call_id}/transcript").json()).lower()
    assert all(signal["quote"].lower() in spoken for signal in recap["record"].get("risk_signals", ()))


@pytest.mark.parametrize("path", ["/v1/trace/interactions", "/v1/recap/calls"])
def test_a_call_without_trace_or_recap_is_a_problem(client: httpx.Client, anonymous: httpx.Client, path: str) -> None:
    for call_id in ("call_demo_failed", "call_nobody_made"):
        assert_problem(client.get(f"{path}/{call_id}"), 404, "not_found")
    name = path.split("/")[2]
    headers = {"Authorization": f"Bearer {PLANLESS_KEY}"}
    assert_gateway_error(anonymous.get(f"{path}/call_demo_trouble", headers=headers), 402, f"{name}_not_enabled")
    assert anonymous.get(BOOKING, headers=headers).status_code == 200
    headers = {"Authorization": f"Bearer {SCOPELESS_KEY}"}
    assert_gateway_error(anonymous.get(f"{path}/call_demo_trouble", headers=headers), 403, "insufficient_scope")


# Keys, routes, methods


def test_me_describes_the_key(client: httpx.Client) -> None:
    identity = client.get("/v1/me").json()
    schema.check(identity, schema.IDENTITY)
    assert identity["scopes"] == ["omni:read", "trace:read", "recap:read"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {DEMO_KEY}"},
        {"Authorization": f"bearer {DEMO_KEY}"},
        {"x-api-key": DEMO_KEY},
        {"X-API-Key": DEMO_KEY},
    ],
)
def test_the_key_is_accepted_in_both_headers(anonymous: httpx.Client, headers: dict[str, str]) -> None:
    assert anonymous.get(CALLS, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/v1/me", CALLS, BOOKING, f"{CALLS}/call_nobody_made", "/v1/nothing", "/"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {DEMO_KEY}"},
        {"Authorization": DEMO_KEY},
        {"x-api-key": f"{DEMO_KEY}x"},
    ],
)
def test_without_a_key_even_unknown_calls_are_unauthorized(
    anonymous: httpx.Client, headers: dict[str, str], path: str
) -> None:
    assert_gateway_error(anonymous.get(path, headers=headers), 401, "unauthorized")


@pytest.mark.parametrize("name", ["api_key", "key", "x-api-key", "Authorization"])
def test_a_key_in_the_query_is_not_accepted(anonymous: httpx.Client, name: str) -> None:
    assert_gateway_error(anonymous.get(CALLS, params={name: DEMO_KEY}), 401, "unauthorized")


@pytest.mark.parametrize("path", [CALLS, BOOKING, f"{CALLS}/call_nobody_made/transcript"])
def test_a_key_without_the_scope_is_refused(anonymous: httpx.Client, path: str) -> None:
    response = anonymous.get(path, headers={"x-api-key": SCOPELESS_KEY})
    assert_gateway_error(response, 403, "insufficient_scope")


def test_a_key_without_the_scope_can_get_its_identity(anonymous: httpx.Client) -> None:
    identity = anonymous.get("/v1/me", headers={"x-api-key": SCOPELESS_KEY}).json()
    schema.check(identity, schema.IDENTITY)
    assert "omni:read" not in identity["scopes"]


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/v1/omni/calls", "/v2/me", "/v1/me/", f"{BOOKING}/audio", f"{BOOKING}/transcript/x"],
)
def test_an_unknown_route_is_the_gateways_error(client: httpx.Client, path: str) -> None:
    assert_gateway_error(client.get(path), 404, "unknown_route")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
def test_a_refused_methods_body_does_not_reach_the_next_request(client: httpx.Client, method: str) -> None:
    response = client.request(method, CALLS, content=b"GET /v1/me HTTP/1.1\r\n\r\n")
    assert_gateway_error(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET"
    assert client.get(CALLS).status_code == 200


def test_every_request_has_an_id_of_its_own(client: httpx.Client, anonymous: httpx.Client) -> None:
    paths = ["/v1/me", CALLS, BOOKING, f"{BOOKING}/transcript", f"{BOOKING}/recording", "/nothing"]
    ids = [client.get(path).headers["X-Request-Id"] for path in paths]
    assert len(set(ids)) == len(paths)
