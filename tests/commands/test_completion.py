import subprocess
from pathlib import Path

import pytest

from tests.program import run


def completed(script: str, *words: str) -> list[str]:
    """What bash offers for the last of some words."""
    line = " ".join(words)
    asks = f"""
        COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; COMP_LINE="{line}"
        _shtab_omni_transcripts; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return subprocess.run(["bash", "-c", script + asks], capture_output=True, text=True, check=True).stdout.split()


def test_bash_completes_commands_options_and_formats(tmp_path: Path) -> None:
    script = run(tmp_path, "completion", "bash").text
    assert completed(script, "omni-transcripts", "exp") == ["export"]
    assert completed(script, "omni-transcripts", "export", "--for") == ["--format", "--force"]
    assert "srt" in completed(script, "omni-transcripts", "export", "--format", "s")


@pytest.mark.parametrize(("shell", "begins"), [("zsh", "#compdef omni-transcripts"), ("tcsh", "#")])
def test_the_other_shells_have_theirs(tmp_path: Path, shell: str, begins: str) -> None:
    script = run(tmp_path, "completion", shell).text
    assert script.startswith(begins)
    assert "demo-server" in script


def test_another_shell_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "completion", "fish").status == 2
