"""Hash every output of the sample office, to prove that a change of the code changes no output.

    python scripts/output_manifest.py            print which outputs differ from the manifest
    python scripts/output_manifest.py --write    write the current outputs into the manifest

The sample office runs its cycle at a fixed moment: ledger, forms, check reports, returned files,
papers, meeting, static copy, and the JSON of the commands. The parts of zip files are hashed
decompressed, because the compression does not matter. The manifest names the versions of the
libraries that write the files, because other versions may write other bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from contextlib import chdir
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from qiyx_xl import app
from qiyx_xl.app.custody.maintenance import static_copy
from qiyx_xl.app.projects import import_projects
from qiyx_xl.app.publishing import publish
from qiyx_xl.core.plan.schedule import resend_by
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.documents.check_report.table_export import write_findings
from qiyx_xl.documents.check_report.write import write_report
from qiyx_xl.documents.returns.write import ReplyTo, write_returns
from qiyx_xl.shells.cli import qiyx

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "tests" / "outputs" / "manifest.json"
BEFORE, CURRENT = Period.parse("2025Q4"), Period.parse("2026Q3")
LAST_YEAR, NOW = datetime(2026, 1, 30, 9, tzinfo=UTC), datetime(2026, 10, 30, 9, tzinfo=UTC)
TODAY = date(2026, 10, 30)
LIBRARIES = ("lxml", "openpyxl", "python-docx", "XlsxWriter")
_JSON = {
    "status": ["status", "--period", "2026Q3", "--by", "agency,level", "--today", "2026-10-30"],
    "remind": ["remind", "--period", "2026Q3", "--today", "2026-10-30"],
    "validate": ["validate", "收件/2026Q3", "--period", "2026Q3"],
    "plan": ["plan", "show"],
    "rate": ["rate", "--indicator", "9", "--period", "2024Q2", "--actual", "3.3"],
}  # fmt: skip


def make(folder: Path) -> None:
    """Run the sample office's cycle in a folder."""
    with chdir(folder):
        for period in (BEFORE, CURRENT):
            shutil.copytree(ROOT / "examples" / str(period), Path("收件") / str(period))
        office = app.Office.at(Path(app.LEDGER_NAME))
        app.build_ledger(office)
        app.consolidate(office, [Path("收件") / str(BEFORE)], BEFORE, now=LAST_YEAR)
        import_projects(office, ROOT / "examples" / "projects.json", LAST_YEAR)
        publish(office, BEFORE, Path("发布"), LAST_YEAR.date())
        app.distribute(office, CURRENT, Path("下发"))
        _check(office, Path("收件") / str(CURRENT))
        app.consolidate(office, [Path("收件") / str(CURRENT)], CURRENT, now=NOW)
        publish(office, CURRENT, Path("发布"), TODAY)
        app.write_reminders(app.reminders(office, CURRENT, TODAY), Path("催报清单.xlsx"))
        app.hold_meeting(office, TODAY, CURRENT, Path("例会"), now=NOW, by="李强")
        static_copy(office.ledger, Path("静态副本.xlsx"))
        for name, command in _JSON.items():
            done = CliRunner().invoke(qiyx, [*command, "--format", "json"])
            Path(f"{name}.json").write_bytes(done.stdout_bytes)


def _check(office: app.Office, inbox: Path) -> None:
    """Write the files that ``validate`` writes, for a fixed day."""
    checked = app.validate_files(
        [inbox],
        plan=office.plan_at(CURRENT),
        rules=office.rules,
        period=CURRENT,
        history=office.history(CURRENT),
    )
    reply = ReplyTo(by=resend_by(CURRENT, TODAY, office.rules))
    write_returns(checked.flagged(), None, Path("退回"), reply=reply)
    write_findings(Path("问题.csv"), checked.flagged())
    for name in ("问题清单.xlsx", "问题清单.html"):
        write_report(
            Path(name),
            checked.submissions,
            rules_version=checked.rules_version,
            period=CURRENT,
            today=TODAY,
        )


def manifest(folder: Path) -> dict[str, Any]:
    """Return the sha256 of every output in a folder, by file name and part of a zip file."""
    outputs: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name.startswith("收件/") or _is_the_logs(path):
            continue
        if not zipfile.is_zipfile(path):
            outputs[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            continue
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                outputs[f"{name}!{part}"] = hashlib.sha256(archive.read(part)).hexdigest()
    return {"libraries": {name: version(name) for name in LIBRARIES}, "outputs": outputs}


def _is_the_logs(path: Path) -> bool:
    # The originals and the backups are in folders named after store and ledger.
    inside = "".join(path.parts)
    return ".sqlite" in path.name or "原件" in inside or "备份" in inside


def differences(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return a line for each output that is new, gone or changed."""
    old, new = then["outputs"], now["outputs"]
    return [
        *(f"gone: {name}" for name in old if name not in new),
        *(f"new: {name}" for name in new if name not in old),
        *(f"other: {name}" for name in new if old.get(name, new[name]) != new[name]),
    ]


def main() -> int:
    """Compare, or write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="take the outputs as they are now")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        now = manifest(Path(folder))
    if wanted.write:
        MANIFEST.parent.mkdir(exist_ok=True)
        text = json.dumps(now, ensure_ascii=False, indent=0, sort_keys=True)
        MANIFEST.write_text(text + "\n", encoding="utf-8")
        print(f"{MANIFEST}: {len(now['outputs'])} outputs")
        return 0
    then = json.loads(MANIFEST.read_text(encoding="utf-8"))
    if then["libraries"] != now["libraries"]:
        print(f"the manifest was made with {then['libraries']}, here are {now['libraries']}")
    found = differences(then, now)
    print("\n".join(found) or "every output is as it was")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
