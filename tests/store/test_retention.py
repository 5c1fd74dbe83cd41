"""The library stays within its bounds: the oldest calls go, those with a mark stay, and the room is given back."""

from __future__ import annotations

from pathlib import Path
from random import Random
from string import ascii_lowercase

import pytest

from tests.store.test_database import of_version, sql
from tests.store.test_library import BARE, HELLO, KEY, MOST, URL, filled
from tui.core.secret import SecretStr
from tui.store.accounts import Account
from tui.store.library import CachedCall, Library
from tui.store.retention import MOST_AT_ONCE, Bounds, Retention, StoredCall

DAY_MS = 86_400_000
LARGE = b"x" * 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "library.db"


@pytest.fixture
def library(path: Path) -> Library:
    return Library(path)


def call(at: int, source: bytes = LARGE) -> CachedCall:
    """A call that took place on a day."""
    return HELLO._replace(call_id=f"c{at}", started_at_ms=at * DAY_MS, cached_ms=1_000 - at, source=source)


def kept(library: Library) -> list[str]:
    return [each.call_id for each in library.inventory().calls]


def trimmed(library: Library, retention: Retention, now_ms: int = 0, spared: StoredCall | None = None) -> list[str]:
    return [gone.call_id for gone in library.trim(Bounds(retention, now_ms, spared))]


def test_within_the_bounds_nothing_is_removed(library: Library, path: Path) -> None:
    assert trimmed(library, Retention()) == []
    assert not path.parent.exists()
    filled(path, call(1), call(2))
    was = path.read_bytes()
    assert trimmed(library, Retention(), now_ms=10**6 * DAY_MS) == []
    assert path.read_bytes() == was


def test_the_oldest_calls_go_first(library: Library, path: Path) -> None:
    filled(path, call(3), call(1), call(5), call(2), call(4))
    size = library.inventory().size
    assert trimmed(library, Retention(size - 30_000)) == ["c1", "c2"]
    assert kept(library) == ["c5", "c4", "c3"]
    assert sql(path, "SELECT count(*) FROM body") == [(3,)]


def test_a_call_without_a_start_is_as_old_as_its_fetch(library: Library, path: Path) -> None:
    filled(path, call(3), call(4)._replace(started_at_ms=None, cached_ms=2 * DAY_MS), call(1))
    assert trimmed(library, Retention(1), spared=None) == ["c1", "c4", "c3"]


def test_calls_beyond_the_age_go(library: Library, path: Path) -> None:
    filled(path, call(1), call(2), call(3))
    assert trimmed(library, Retention(max_days=2), now_ms=4 * DAY_MS) == ["c1"]
    assert trimmed(library, Retention(max_days=2), now_ms=4 * DAY_MS) == []


def test_a_marked_call_stays(library: Library, path: Path) -> None:
    account = filled(path, call(1), call(2), call(3))
    library.mark(account, "c1", 0, is_marked=True)
    library.mark(account, "c2", 0, is_marked=True)
    library.mark(account, "c2", 0, is_marked=False)
    assert trimmed(library, Retention(1, 1), now_ms=9 * DAY_MS) == ["c2", "c3"]
    assert kept(library) == ["c1"]


def test_records_of_calls_without_a_transcript_go_by_their_age_among_the_others(library: Library, path: Path) -> None:
    account = filled(path, call(1), call(3))
    bare = [BARE._replace(call_id=f"c{at}", started_at_ms=at * DAY_MS) for at in (2, 4, 5)]
    library.keep_records(account, bare, Bounds(Retention(), 0), replaces=True)
    assert trimmed(library, Retention(max_days=6), now_ms=8 * DAY_MS) == ["c1"]
    assert trimmed(library, Retention(max_days=3), now_ms=8 * DAY_MS) == ["c2", "c3", "c4"]
    assert trimmed(library, Retention(1), spared=StoredCall(*account[:2], "c5")) == []
    assert trimmed(library, Retention(1)) == ["c5"]


def test_the_call_just_stored_is_spared(library: Library, path: Path) -> None:
    account = filled(path, call(1), call(2))
    assert trimmed(library, Retention(1), spared=StoredCall(*account[:2], "c1")) == ["c2"]
    assert kept(library) == ["c1"]


def test_the_call_just_stored_goes_if_it_is_too_old(library: Library, path: Path) -> None:
    account = filled(path, call(1), call(3))
    spared = StoredCall(*account[:2], "c1")
    assert trimmed(library, Retention(max_days=2), now_ms=4 * DAY_MS, spared=spared) == ["c1"]


def test_the_same_id_of_another_account_is_not_spared(library: Library, path: Path) -> None:
    account = filled(path, call(1))
    other = library.new_account(URL, SecretStr("of_somebody_else"))
    library.keep_all(other, [(call(1), b"")])
    assert trimmed(library, Retention(1), spared=StoredCall(*account[:2], "c1")) == ["c1"]
    assert library.find(account, "c1", MOST) is not None
    assert library.find(other, "c1", MOST) is None


def test_many_calls_go_in_several_transactions(library: Library, path: Path) -> None:
    filled(path, *(call(at, b"x" * 500) for at in range(MOST_AT_ONCE + 20)))
    counts = [len(trimmed(library, Retention(1))) for _ in range(3)]
    assert counts == [MOST_AT_ONCE, 20, 0]


def test_the_room_of_removed_calls_is_given_back(library: Library, path: Path) -> None:
    filled(path, *(call(at, b"secret word" * 10_000) for at in range(20)))
    was = path.stat().st_size
    trimmed(library, Retention(was // 4))
    assert path.stat().st_size <= was // 4
    assert library.inventory().size <= was // 4
    trimmed(library, Retention(1))
    assert b"secret word" not in path.read_bytes()


def test_an_older_file_is_trimmed_too(library: Library, path: Path) -> None:
    account = of_version(path, 1)
    assert trimmed(library, Retention(1)) == ["c1"]
    assert library.find(account, "c1", MOST) is None


def test_a_notice_is_said_once_by_all_instances(library: Library, path: Path) -> None:
    assert [Library(path).says_first("full"), library.says_first("full"), library.says_first("old")] == [
        True,
        False,
        True,
    ]


def test_marks_are_kept_with_the_call_and_its_account(library: Library, path: Path) -> None:
    account = filled(path)
    assert library.marks(account, "c1") == frozenset()
    for turn in (3, 1, 3):
        library.mark(account, "c1", turn, is_marked=True)
    library.keep_all(account, [(HELLO._replace(source=b"newer"), b"newer")])
    assert library.marks(account, "c1") == {1, 3}
    assert library.marks(library.new_account(URL, SecretStr("another_key")), "c1") == frozenset()
    named = library.name(account, "org")
    assert library.marks(named, "c1") == {1, 3}
    library.mark(named, "c1", 1, is_marked=False)
    assert library.marks(named, "c1") == {3}


def test_no_file_is_read_for_marks_where_there_is_none(library: Library, path: Path) -> None:
    assert library.marks(Account(URL, "x"), "c1") == frozenset()
    assert library.inventory() == (0, ())
    assert not path.parent.exists()


def test_the_inventory_counts_what_is_there(library: Library, path: Path) -> None:
    account = filled(path, call(1), HELLO._replace(call_id="\x1b[2J", started_at_ms=None, turns=2))
    library.mark(account, "c1", 7, is_marked=True)
    first, second = library.inventory().calls
    assert first[:8] == (URL, account.name, "c1", "a label", DAY_MS, None, 999, 20_000 + 11 + len(HELLO.record or b""))
    assert (first.marks, second.call_id, second.turns, second.marks) == (1, "\x1b[2J", 2, 0)
    sql(path, "UPDATE kept SET label = x'00' WHERE call_id = 'c1'")
    assert kept(library) == ["\x1b[2J"]
    assert KEY.get_secret_value() not in repr(library.inventory())


def test_the_index_of_removed_calls_makes_no_others_go(library: Library) -> None:
    account, made, held = library.new_account(URL, KEY), Random(1), list[int]()
    words = ["".join(made.choices(ascii_lowercase, k=made.randint(3, 9))) for _ in range(5_000)]
    for at in range(160):
        text = " ".join(made.choices(words, k=2_000)).encode()
        library.keep_all(account, [(call(at, text), text)])
        gone = False
        while library.trim(Bounds(Retention(3_000_000), 0)):
            gone = True
        if gone or held:
            held.append(len(library.inventory().calls))
    assert min(held) > 0.9 * held[0]


def test_an_age_that_is_no_number_removes_nothing(library: Library, path: Path) -> None:
    filled(path, call(1), call(2))
    sql(path, "UPDATE kept SET started_at_ms = 'x' WHERE call_id = 'c1'")
    assert trimmed(library, Retention(max_days=2), now_ms=2 * DAY_MS) == []
