import copy
import pickle

import pytest

from tui.core.secret import SecretStr

SECRET = SecretStr("pyai_live_canary")


def test_only_its_value_tells_it() -> None:
    assert SECRET.get_secret_value() == "pyai_live_canary"
    for shown in (str(SECRET), repr(SECRET), f"{SECRET}", f"{SECRET!r:>40}", repr([SECRET]), repr({"key": SECRET})):
        assert "canary" not in shown
        assert "***" in shown


def test_it_is_never_stored() -> None:
    for store in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            store(SECRET)


def test_equal_secrets_are_equal() -> None:
    assert SecretStr("pyai_live_canary") == SECRET
    assert len({SecretStr("a"), SecretStr("a"), SecretStr("b")}) == 2
    assert SecretStr("a") != "a"
