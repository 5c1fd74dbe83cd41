"""A handful of kills lose nothing, and what the long run would complain of is complained of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.__main__ import main
from tests.kills.killer import Killer

pytestmark = pytest.mark.exhaustive


def test_a_handful_of_kills_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--kills", "4", "--calls", "60", "--seed", "3"])
    said = capsys.readouterr().out
    assert "TROUBLE" not in said
    assert status == 0
    assert "4 kills" in said


def test_a_lost_call_and_damage_are_told(tmp_path: Path) -> None:
    with Killer(tmp_path, 3, 0) as killer:
        killer.finish()
        assert killer.troubles == []
        killer._reported.add("call_of_nobody")
        killer._look()
        assert "1 calls are lost, among them call_of_nobody" in killer.troubles[0]
        killer._library.with_name("library.db.damaged-1").touch()
        killer._look()
        assert "library.db.damaged-1" in killer.troubles[-1]
