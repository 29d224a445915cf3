"""Write every generated part of the documentation; ``--check`` only compares.

python scripts/write_docs.py
python scripts/write_docs.py --check
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_WRITERS = ("plan_docs.py", "code_docs.py", "architecture_picture.py")


def main() -> int:
    """Run the writers and cog; return 1 if something was stale under ``--check``."""
    check = "--check" in sys.argv[1:]
    pages = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md"))
    commands = [
        [sys.executable, f"scripts/{writer}", *(["--check"] if check else [])]
        for writer in _WRITERS
    ]
    commands.append([sys.executable, "-m", "cogapp", "--check" if check else "-r", *pages])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    codes = [
        subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        for command in commands
    ]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
