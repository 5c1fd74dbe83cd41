"""The recent calls survive whatever becomes of their file."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.errors import OutputError
from tui.store import files
from tui.store.recents import Recent, load, remember

CALL = Recent("call_1", "https://api.pyai.com", 1_762_956_191_250, "support-line", 1_762_956_000_000, 38)
ANY_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["version", "calls", "call_id", "base_url", "opened_ms", "label", "x"]), inner),
    ),
    max_leaves=10,
)


def written(directory: Path, text: str) -> Path:
    path = directory / "recent.json"
    path.write_text(text)
    return path


def test_what_was_remembered_is_loaded_last_first(tmp_path: Path) -> None:
    plain = Recent("call_2", CALL.base_url, 5)
    assert load(tmp_path) == []
    assert remember(CALL, tmp_path)
    assert remember(plain, tmp_path)
    assert load(tmp_path) == [plain, CALL]


def test_a_call_stands_there_once_for_each_api(tmp_path: Path) -> None:
    elsewhere = CALL._replace(base_url="http://127.0.0.1:8000")
    again = CALL._replace(opened_ms=9, label="renamed")
    for recent in (CALL, elsewhere, again):
        assert remember(recent, tmp_path)
    assert load(tmp_path) == [again, elsewhere]


def test_fifty_are_kept(tmp_path: Path) -> None:
    for number in range(55):
        assert remember(Recent(f"call_{number}", CALL.base_url, number), tmp_path)
    assert [recent.opened_ms for recent in load(tmp_path)] == list(range(54, 4, -1))


def test_the_file_and_its_directory_are_private(tmp_path: Path) -> None:
    assert remember(CALL, tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "recent.json").stat().st_mode) == 0o600
    assert [entry.name for entry in (tmp_path / "state").iterdir()] == ["recent.json"]


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '{"calls": []}',
        '{"version": 2, "calls": []}',
        '{"version": 1}',
        "[" * 10**5,
        " " * (2**20 + 1),
        "\0",
    ],
    ids=lambda garbage: repr(garbage[:20]),
)
def test_garbage_is_set_aside_and_the_file_made_anew(tmp_path: Path, garbage: str) -> None:
    written(tmp_path, garbage)
    assert load(tmp_path) == []
    assert (tmp_path / "recent.bad").read_text() == garbage
    assert remember(CALL, tmp_path)
    assert load(tmp_path) == [CALL]


def test_what_is_wrong_with_one_entry_spares_the_others(tmp_path: Path) -> None:
    assert remember(CALL, tmp_path)
    document = json.loads((tmp_path / "recent.json").read_text())
    document["calls"][:0] = [7, {}, {"call_id": 1, "base_url": "x", "opened_ms": 1}]
    document["calls"].append({"call_id": "a", "base_url": "b", "opened_ms": 1, "label": 5, "new": 1})
    written(tmp_path, json.dumps(document))
    assert load(tmp_path) == [CALL, Recent("a", "b", 1)]


@given(st.one_of(ANY_JSON, st.builds(lambda calls: {"version": 1, "calls": calls}, ANY_JSON)))
def test_no_document_breaks_loading(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    directory = tmp_path_factory.mktemp("state")
    written(directory, json.dumps(document))
    assert all(isinstance(recent.call_id, str) for recent in load(directory))
    assert remember(CALL, directory)
    assert load(directory)[0] == CALL


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\ud800", "\u202e", "../..", "x" * 300])
def test_ids_and_labels_come_back_as_they_were(tmp_path: Path, hostile: str) -> None:
    recent = Recent(hostile, CALL.base_url, 1, hostile)
    assert remember(recent, tmp_path)
    assert load(tmp_path) == [recent]
    assert (tmp_path / "recent.json").read_bytes().isascii()


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert not remember(CALL, in_the_way)
    assert load(in_the_way) == []
    (tmp_path / "recent.json").mkdir()
    assert not remember(CALL, tmp_path)
    assert load(tmp_path) == []


def no_home() -> Path:
    raise OutputError("there is no home directory to keep files in")


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "state_dir", no_home)
    assert not remember(CALL)
    assert load() == []
