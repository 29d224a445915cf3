"""scripts/install.sh: what it runs, on a machine with and without the programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "install.sh"

# A Python that makes an environment whose programs write down how they are called.
PYTHON = """#!/bin/sh
case "$1" in
  -c) exit {version} ;;
  -m) mkdir -p "$3/bin"
      for name in python qiyx; do
        printf '#!/bin/sh\\necho "%s $*" >> "{log}"\\n' "$name" > "$3/bin/$name"
        chmod +x "$3/bin/$name"
      done ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in ("sh", "cd", "dirname", "pwd", "mkdir", "chmod", "printf", "ls", "cat"):
        found = Path("/bin") / tool
        if found.exists():
            (programs / tool).symlink_to(found)

    def run(*arguments: str, has: tuple[str, ...] = (), version: int = 0):
        log = tmp_path / "log"
        log.write_text("")
        for name, text in (
            ("python3", PYTHON.format(version=version, log=log)),
            *((name, "#!/bin/sh\n") for name in has),
        ):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        done = subprocess.run(
            ["/bin/sh", str(SCRIPT), *arguments],
            env={"PATH": str(programs), "HOME": str(tmp_path), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        return done, log.read_text().splitlines()

    return run


def test_the_program_goes_into_a_folder_of_its_own_and_into_the_programs_found(machine, tmp_path):
    done, called = machine(has=("soffice", "et"))
    assert done.returncode == 0, done.stderr
    assert called == [
        f"python -m pip install -q {ROOT} starlette uvicorn",
        "qiyx host install libreoffice",
        "qiyx host install wps",
        "qiyx host status",
    ]
    assert (tmp_path / "qiyx" / "bin" / "qiyx").exists()


def test_without_a_network_only_the_wheels_are_used(machine, tmp_path):
    (tmp_path / "wheels").mkdir()
    done, called = machine(str(tmp_path / "别处"), "--wheels", "wheels")
    assert done.returncode == 0, done.stderr
    assert called[0] == (
        f"python -m pip install -q --no-index --find-links {tmp_path / 'wheels'}"
        " qiyx-xl starlette uvicorn"
    )
    assert not any("install libreoffice" in line for line in called)
    assert "没有找到 LibreOffice 或 WPS" in done.stdout
    assert (tmp_path / "别处" / "bin" / "qiyx").exists()


def test_a_python_that_is_too_old_and_an_unknown_option_are_named(machine):
    done, called = machine(version=1)
    assert (done.returncode, called) == (2, [])
    assert "Python 3.11" in done.stderr
    assert machine("--unknown")[0].returncode == 2
