"""Where the key comes from; and that nobody but its owner may read it, and nothing shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.core.errors import RefusedError, UsageError
from tui.store.credentials import find_key

KEY = "pyai_test_0123456789abcdef"
ACCOUNT = "https://api.pyai.com"


def key_file(directory: Path, content: bytes, mode: int = 0o600) -> Path:
    file = directory / "key"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_the_environment_holds_the_key() -> None:
    key = find_key({"PYAI_API_KEY": f" {KEY}\n"}, None, ACCOUNT)
    assert key is not None
    assert key.get_secret_value() == KEY
    assert KEY not in repr(key) + str(key)


@pytest.mark.parametrize("environ", [{}, {"PYAI_API_KEY": ""}, {"PYAI_API_KEY": "  "}])
def test_without_any_source_there_is_no_key(environ: dict[str, str]) -> None:
    assert find_key(environ, None, ACCOUNT) is None


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_private_file_overrides_the_environment(tmp_path: Path, mode: int) -> None:
    key = find_key({"PYAI_API_KEY": "other_key_0000"}, key_file(tmp_path, f"{KEY}\n".encode(), mode), ACCOUNT)
    assert key is not None
    assert key.get_secret_value() == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_file_accessible_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UsageError, match="others can read") as caught:
        find_key({}, key_file(tmp_path, KEY.encode(), mode), ACCOUNT)
    assert "chmod 600" in caught.value.line()
    assert KEY not in caught.value.line()


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RefusedError, match="is empty"):
        find_key({"PYAI_API_KEY": KEY}, key_file(tmp_path, content), ACCOUNT)


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError, match="cannot read the key file") as caught:
            find_key({"PYAI_API_KEY": KEY}, path, ACCOUNT)
        assert caught.value.__cause__ is None


def test_a_file_of_any_size_is_read_only_in_part(tmp_path: Path) -> None:
    key = find_key({}, key_file(tmp_path, b"k" * 1_000_000), ACCOUNT)
    assert key is not None
    assert len(key.get_secret_value()) == 4_096


def test_invalid_bytes_in_the_file_are_handled(tmp_path: Path) -> None:
    key = find_key({}, key_file(tmp_path, b"\xff\xfe\x00key"), ACCOUNT)
    assert key is not None
    assert not key.get_secret_value().isascii()
