"""What a report of a fault tells, and what it keeps to itself."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from tui.store import fault_reports

NOW = datetime(2026, 11, 12, 14, 3, 5, tzinfo=UTC)
SECRET = "what grandmother said"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def fault() -> Exception:
    def look() -> NoReturn:
        raise KeyError(SECRET)

    try:
        try:
            look()
        except KeyError as error:
            raise OSError(28, SECRET) from error
    except OSError as error:
        return error


def test_a_report_names_places_and_versions() -> None:
    told = fault_reports.report(fault(), NOW)
    assert "2026-11-12 14:03:05 UTC" in told
    assert "textual 8." in told
    first, second = told.index("builtins.KeyError\n"), told.index("builtins.OSError 28\n")
    assert first < told.index("which led to") < second
    assert told.count(f"  {__name__}:") == 3
    assert " look\n" in told


def test_a_report_holds_no_message_no_variable_and_no_path() -> None:
    told = fault_reports.report(fault(), NOW)
    assert SECRET not in told
    assert str(Path(__file__).parent) not in told


def test_an_exception_group_is_reported_in_parts() -> None:
    told = fault_reports.report(ExceptionGroup(SECRET, [ValueError(SECRET), fault()]), NOW)
    assert told.index("part 1") < told.index("ValueError") < told.index("part 2") < told.index("OSError")
    assert SECRET not in told


def test_an_endless_recursion_is_shortened() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    told = fault_reports.report(caught.value, NOW)
    assert len(told.splitlines()) < 100
    assert " more …" in told


def test_reports_are_private_and_bounded_in_number(state: Path) -> None:
    paths = [fault_reports.keep_report(fault(), NOW + timedelta(days=day)) for day in range(25)]
    kept = sorted(state.rglob("*.txt"))
    assert kept == paths[-20:]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700


def test_the_place_is_that_of_the_innermost_frame() -> None:
    assert fault_reports.place(fault()).startswith(f"OSError in {__name__}:")
    assert fault_reports.place(ValueError(SECRET)) == "ValueError"
