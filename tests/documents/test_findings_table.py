from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.documents.check_report import table_export as findings_table
from qiyx_xl.documents.check_report.table_export import (
    FindingRow,
    FindingsTableError,
    write_findings,
)

ONE = Submission(
    path="收件/卫健局.xlsx",
    sha256="ab" * 32,
    status=SubmissionStatus.RETURNED,
    agency="区卫健局",
    period=Period.parse("2026Q3"),
    findings=tuple(
        say.NOT_EXACT.at(
            "填报表", f"G{row}", header="本期实际值", value="=约95", hint=" 95", suggestion="95"
        )
        for row in range(6, 13)
    ),
)
CLEAN = Submission(path="收件/民政局.xlsx", sha256="cd" * 32, status=SubmissionStatus.ACCEPTED)


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_csv_has_one_line_per_finding_and_no_formulas(tmp_path):
    target = tmp_path / "问题.csv"
    assert write_findings(target, [CLEAN, ONE]) == 7
    header, *lines = read_csv(target)
    assert header == list(FindingRow._fields)
    assert len(lines) == 7
    assert {line[header.index("value")] for line in lines} == {"\t=约95"}
    assert [line[header.index("cell")] for line in lines] == [f"G{row}" for row in range(6, 13)]


def test_parquet_comes_in_parts_and_loses_nothing(tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet", reason='needs the extra "cluster"')
    monkeypatch.setattr(findings_table, "ROWS_PER_PART", 3)
    folder = tmp_path / "问题"
    assert write_findings(folder, [CLEAN, ONE]) == 7
    assert [p.name for p in sorted(folder.iterdir())] == [f"part-0000{n}.parquet" for n in range(3)]
    rows = parquet.read_table(folder).to_pylist()
    assert [row["cell"] for row in rows] == [f"G{row}" for row in range(6, 13)]
    assert rows[0]["value"] == "=约95"  # no spreadsheet reads it as a formula
    assert rows[0]["period"] == "2026Q3"


def test_the_same_findings_give_the_same_bytes_and_replace_older_parts(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow", reason='needs the extra "cluster"')
    folder = tmp_path / "问题"
    monkeypatch.setattr(findings_table, "ROWS_PER_PART", 2)
    write_findings(folder, [ONE])
    (folder / "说明.txt").write_text("别动", encoding="utf-8")
    write_findings(folder, [replace(ONE, findings=ONE.findings[:1])])
    first = (folder / "part-00000.parquet").read_bytes()
    assert sorted(p.name for p in folder.iterdir()) == ["part-00000.parquet", "说明.txt"]
    write_findings(folder, [replace(ONE, findings=ONE.findings[:1])])
    assert (folder / "part-00000.parquet").read_bytes() == first


def test_no_findings_are_an_empty_table(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason='needs the extra "cluster"')
    assert write_findings(tmp_path / "问题", [CLEAN]) == 0
    assert parquet.read_table(tmp_path / "问题").num_rows == 0
    assert write_findings(tmp_path / "问题.csv", [CLEAN]) == 0


def test_a_file_where_the_folder_should_be_is_one_sentence(tmp_path):
    pytest.importorskip("pyarrow", reason='needs the extra "cluster"')
    target = tmp_path / "问题"
    target.write_text("", encoding="utf-8")
    with pytest.raises(FindingsTableError, match="是一个文件"):
        write_findings(target, [ONE])
