"""Files made to break readers: each gets its finding, in bounded time and memory."""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from support.compound_files import compound
from support.drawn_forms import PERIOD, small_plan, write_drawing
from support.hostile_files import (
    CONTACT,
    FORM,
    HEADER,
    ROW_2,
    WORKBOOK,
    WORKBOOK_RELS,
    cell,
    packed,
    parts,
    row,
    sheet,
    written,
)

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.batch import check_files, collect_files
from qiyx_xl.intake.form import check as files
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.intake.workers import pool as children
from qiyx_xl.intake.workers import pool as workers
from qiyx_xl.intake.xlsx import fast_zip as zips

TIME_LIMIT = 10.0  # seconds a file, promised
MEMORY_LIMIT = 1 << 30  # bytes


def check(*paths: Path, jobs: int = 1):
    started = time.perf_counter()
    results = check_files(
        paths, small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory(), jobs=jobs
    )
    assert time.perf_counter() - started < TIME_LIMIT * len(paths)
    return results


def codes(path: Path) -> list[str]:
    (result,) = check(path)
    return [finding.code for finding in result.findings]


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
LAUGHS = (
    '<?xml version="1.0"?>' + DOCTYPE
    + "".join(f'<!ENTITY {chr(c)} "{f"&{chr(c - 1)};" * 10}">' for c in range(ord("c"), ord("k")))
    + ']><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&j;</t></si></sst>'
)  # fmt: skip
XXE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&e;</t></si></sst>'
)

SHEETS = {
    "cells at A1 and XFD1048576": (
        sheet(row(1, cell("A1", 1.0)) + row(1048576, cell("XFD1048576", 1.0))), ["F112"],
    ),
    "a column beyond XFD": (sheet(FORM + row(9, cell("XFE9", 1.0))), ["F111"]),
    "a row beyond the last": (sheet(FORM + row(1048577, cell("A1048577", 1.0))), ["F111"]),
    "a column whose name is never worked out": (
        sheet(FORM + row(9, cell(f"{'A' * 1_000_000}9", 1.0))), ["F111"],
    ),
    "an address without end": (sheet(FORM.replace('r="D2"', f'r="{"Z" * 500}{"9" * 500}"')), ["F111"]),
    "a dimension that lies": (sheet(FORM, before='<dimension ref="A1:XFD1048576"/>'), []),
    "a dimension that is nonsense": (sheet(FORM, before='<dimension ref="ZZZZ:0"/>'), []),
    "the same cell twice": (
        sheet(FORM.replace('</row><row r="4"', cell("D2", 330.0) + '</row><row r="4"')), ["F119"],
    ),
    "the same cell twice, spelled oddly": (
        sheet(FORM.replace('</row><row r="4"', "<c r='D2'><v>330</v></c></row><row r=\"4\"")), ["F119"],
    ),
    "rows out of order": (sheet(HEADER + CONTACT + ROW_2), ["F205"]),
    "a number with a comma": (sheet(FORM.replace("320.0", "1,234")), ["V102"]),
    "NaN": (sheet(FORM.replace("320.0", "NaN")), ["V103"]),
    "infinity": (sheet(FORM.replace("320.0", "inf")), ["V103"]),
    "a number beyond every double": (sheet(FORM.replace("320.0", "1e999")), ["V103"]),
    "a cell without an address": (sheet(FORM.replace(' r="D2"', "")), []),
    "a sheet that ends in the middle": (sheet(FORM)[: sheet(FORM).index('</row><row r="4"') + 6], ["F106"]),
    "a stray cell at the far right": (
        sheet(HEADER.replace("</row>", cell("XFD1", "x") + "</row>") + ROW_2 + CONTACT), ["T103"],
    ),
    "an enormous text": (sheet(FORM.replace("托位数", "很" * 40000)), ["T131"]),
    "a number written to defeat patterns": (sheet(FORM.replace("<v>320.0</v>", "<v>1</v>").replace(
        '<c r="D2"><v>1</v></c>', cell("D2", "1," * 5000 + "x"))), ["V103"]),
    "spaces written to defeat patterns": (sheet(FORM.replace(
        '<c r="D2"><v>320.0</v></c>', cell("D2", "1" + " " * 30000 + "x"))), ["V103"]),
}  # fmt: skip


@pytest.mark.parametrize(("xml", "expected"), SHEETS.values(), ids=SHEETS)
def test_a_sheet_with(tmp_path, xml, expected):
    assert codes(written(tmp_path / "表.xlsx", xml)) == expected


def test_thousands_of_ranges_merged_over_each_other_are_refused_in_no_time(tmp_path):
    rows = "".join(row(at, cell(f"A{at}", 1.0)) for at in range(5, 1000))
    merged = "".join(f'<mergeCell ref="A5:BL{999 - at % 9}"/>' for at in range(5000))
    form = sheet(FORM + rows, after=f"<mergeCells>{merged}</mergeCells>")
    started = time.perf_counter()
    assert codes(written(tmp_path / "表.xlsx", form)) == ["F106"]
    assert time.perf_counter() - started < TIME_LIMIT / 2


def many_rows(count: int, *cells: str) -> str:
    return "".join(
        f'<row r="{n}">{"".join(c.format(n) for c in cells)}</row>' for n in range(9, 9 + count)
    )


@pytest.mark.slow
def test_a_million_formatted_blank_rows_are_read_past(tmp_path):
    blank = many_rows(1_000_000, '<c r="A{0}" s="1"/>', '<c r="B{0}" s="1"/>')
    assert codes(written(tmp_path / "表.xlsx", sheet(FORM + blank))) == []


@pytest.mark.slow
def test_four_million_cells_are_too_many(tmp_path):
    full = many_rows(500_000, *(f'<c r="{c}{{0}}"><v>1</v></c>' for c in "ABCDEFGH"))
    assert codes(written(tmp_path / "表.xlsx", sheet(FORM + full))) == ["F113"]


PACKAGES = {
    "a zip bomb": (lambda: packed(parts(sheet(FORM)) | {"xl/sharedStrings.xml": b" " * (300 << 20)}), "F107"),
    "many thousand parts": (
        lambda: packed(parts(sheet(FORM)) | {f"xl/p{n}.xml": "" for n in range(6000)}), "F107",
    ),
    "billion laughs": (lambda: packed(parts(sheet(FORM)) | {"xl/sharedStrings.xml": LAUGHS}), "F110"),
    "an external entity": (lambda: packed(parts(sheet(FORM)) | {"xl/sharedStrings.xml": XXE}), "F110"),
    "an entity in UTF-16": (
        lambda: packed(parts(sheet(FORM)) | {"xl/sharedStrings.xml": XXE.encode("utf-16")}), "F110",
    ),
    "names that climb out": (lambda: packed(parts(sheet(FORM)) | {"../../evil.xml": "x"}), "F109"),
    "absolute names": (lambda: packed(parts(sheet(FORM)) | {"/etc/evil.xml": "x"}), "F109"),
    "names with a drive": (lambda: packed(parts(sheet(FORM)) | {"C:\\evil.xml": "x"}), "F109"),
    "no workbook inside": (lambda: packed({"word/document.xml": "<x/>"}), "F125"),
    "nothing inside": (lambda: packed({}), "F105"),
    "two sheets of one name": (
        lambda: packed(parts(sheet(FORM)) | {"xl/workbook.xml": WORKBOOK.replace("_qiyx", "填报表")}), "F106",
    ),
    "a sheet that is not there": (
        lambda: packed(parts(sheet(FORM)) | {"xl/_rels/workbook.xml.rels": WORKBOOK_RELS.replace("sheet1", "x")}),
        "F106",
    ),
    "a broken workbook part": (lambda: packed(parts(sheet(FORM)) | {"xl/workbook.xml": "<workbook"}), "F106"),
    "half of it missing": (lambda: packed(parts(sheet(FORM)))[:1200], "F106"),
    "bytes changed inside": (lambda: tampered(packed(parts(sheet(FORM)))), "F106"),
    "a page": (lambda: b"\n <html><body><table><tr><td>1</td></tr></table></body></html>", "F103"),
    "a page in UTF-8 with a mark": (lambda: b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "F103"),
    "comma-separated text in GBK": (lambda: "指标编码,本期实际值\r\n1,320\r\n".encode("gbk"), "F104"),
    "comma-separated text in UTF-16": (lambda: "指标编码\t本期实际值\r\n".encode("utf-16"), "F104"),
    "no bytes": (lambda: b"", "F101"),
    "random bytes": (lambda: bytes(range(256)) * 20, "F105"),
    "an encrypted workbook": (lambda: encrypted(), "F102"),
    "an old Word document": (lambda: compound({"WordDocument": b"x"}), "F125"),
    "an old workbook cut short": (lambda: OLE + "Workbook".encode("utf-16-le") + bytes(600), "F106"),
}  # fmt: skip
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def tampered(data: bytes) -> bytes:
    """The same archive with the sheet's bytes changed and its checksum left."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as stored:
            for name in archive.namelist():
                stored.writestr(name, archive.read(name))
    return buffer.getvalue().replace(b"<v>320.0</v>", b"<v>920.0</v>")


def encrypted() -> bytes:
    """A workbook under a password, as Excel writes it."""
    from msoffcrypto.format import ooxml

    plain, locked = io.BytesIO(packed(parts(sheet(FORM)))), io.BytesIO()
    ooxml.OOXMLFile(plain).encrypt("密码", locked)
    return locked.getvalue()


@pytest.fixture(params=["zlib-ng", "zlib"])
def inflater(request, monkeypatch):
    """Both readers of zip files: the one for usual processors, and the one for all others."""
    if request.param == "zlib":
        monkeypatch.setattr(zips, "inflater", zlib)
        monkeypatch.setattr(zips, "_BROKEN", zlib.error)
    else:
        assert zips.inflater.__name__ == "zlib_ng.zlib_ng"


@pytest.mark.usefixtures("inflater")
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(*case, id=name, marks=[pytest.mark.slow] if name == "a zip bomb" else [])
        for name, case in PACKAGES.items()
    ],
)
def test_a_file_that_is(tmp_path, make, expected):
    path = tmp_path / "表.xlsx"
    path.write_bytes(make())
    (result,) = check(path)
    assert result.findings[-1].code == expected
    assert result.status is SubmissionStatus.UNREADABLE
    assert len(result.sha256) == (0 if expected == "F101" else 64)


def test_a_part_twice_in_the_zip(tmp_path):
    path = tmp_path / "表.xlsx"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts(sheet(FORM)).items():
            archive.writestr(name, content)
        archive.writestr("xl/Worksheets/Sheet1.xml", sheet(FORM.replace("320.0", "999.0")))
    path.write_bytes(buffer.getvalue())
    assert codes(path) == ["F108"]


def test_a_file_far_too_big_is_not_even_read(tmp_path):
    path = tmp_path / "表.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(80 << 20)
    assert codes(path) == ["F117"]


def test_what_cannot_be_opened_says_so(tmp_path):
    (tmp_path / "表.xlsx").mkdir()
    assert codes(tmp_path / "表.xlsx") == ["F116"]
    assert codes(tmp_path / "没有.xlsx") == ["F116"]


CARGO = {
    "F201": {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"},
    "F202": {"xl/externalLinks/externalLink1.xml": "<externalLink/>"},
    "F203": {"xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd"/></externalLink>'},
    "F204": {"xl/embeddings/oleObject1.bin": b"x"},
}  # fmt: skip


@pytest.mark.parametrize(("code", "extra"), CARGO.items(), ids=CARGO)
def test_what_a_form_should_not_carry_is_said_and_left_alone(tmp_path, code, extra):
    path = written(tmp_path / "表.xlsm", sheet(FORM), **extra)
    (result,) = check(path)
    assert [f.code for f in result.findings] == [code]
    assert result.status is SubmissionStatus.ACCEPTED


# --- files passed over ------------------------------------------------------------------------


def test_what_is_no_submission_is_passed_over_with_its_reason(tmp_path):
    good = written(tmp_path / "卫健局.xlsx", sheet(FORM))
    (tmp_path / "~$卫健局.xlsx").write_bytes(b"\x06owner" + bytes(160))
    written(tmp_path / "~$教育局.xlsx", sheet(FORM))
    (tmp_path / "说明.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / "空.zip").write_bytes(packed({}))
    (tmp_path / "坏.zip").write_bytes(b"PK\x03\x04broken")
    links = []
    if hasattr(os, "symlink") and sys.platform != "win32":
        (tmp_path / "链接.xlsx").symlink_to(good)
        links = [("链接.xlsx", "F003")]
    files, skipped = collect_files([tmp_path])
    assert files == [good]
    assert sorted((one.path.name, one.finding.code) for one in skipped) == sorted(
        [
            ("~$卫健局.xlsx", "F001"),
            ("~$教育局.xlsx", "F002"),
            ("说明.docx", "F004"),
            ("空.zip", "F005"),
            ("坏.zip", "F005"),
            *links,
        ]
    )
    assert all("请" in one.reason for one in skipped)


def test_a_folder_linked_into_itself_does_not_go_round(tmp_path):
    if sys.platform == "win32":
        pytest.skip("links need rights on Windows")
    written(tmp_path / "卫健局.xlsx", sheet(FORM))
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    files, skipped = collect_files([tmp_path])
    assert len(files) == 1
    assert [one.finding.code for one in skipped] == ["F003"]


def test_very_long_names_are_read(tmp_path):
    path = written(tmp_path / f"{'长' * 80}.xlsx", sheet(FORM))
    assert codes(path) == []


# --- archives ---------------------------------------------------------------------------------


def archive_with(path: Path, members: dict[str, bytes], encoding: str) -> Path:
    """A .zip as old Chinese tools write it: names in a local encoding, without the UTF-8 flag."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, content in enumerate(members.values()):
            archive.writestr(f"{number:04}.xlsx", content)
    data = path.read_bytes()
    for number, name in enumerate(members):
        old, new = f"{number:04}.xlsx".encode(), name.encode(encoding)
        assert len(old) == len(new), (old, new)
        data = data.replace(old, new)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("encoding", "name"), [("gbk", "卫健.xlsx"), ("utf-8", "卫x.xlsx")])
def test_an_archive_with_chinese_names_is_unpacked(tmp_path, encoding, name):
    form = packed(parts(sheet(FORM)))
    if encoding == "utf-8":
        name = "卫1.xlsx"
    archive = archive_with(tmp_path / "报送.zip", {name: form}, encoding)
    files, skipped = collect_files([archive])
    assert skipped == []
    (result,) = check(*files)
    assert result.findings == ()
    assert result.shown_path == f"报送.zip ▸ {name}"
    assert Path(result.path).read_bytes() == form, "the original stays at hand"


def test_members_that_climb_out_stay_inside(tmp_path):
    form = packed(parts(sheet(FORM)))
    archive = tmp_path / "报送.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("../../../evil.xlsx", form)
        opened.writestr("a/表.xlsx", form)
        opened.writestr("b/表.xlsx", form)
        opened.writestr("里面.zip", packed({}))
    files, skipped = collect_files([archive])
    assert [file.name for file in files] == ["evil.xlsx", "表.xlsx", "表.xlsx"]
    assert len({file.parent for file in files[1:]}) == 2, "one does not overwrite the other"
    assert not (tmp_path.parent / "evil.xlsx").exists()
    assert [one.finding.code for one in skipped] == ["F004"]


# --- workers ----------------------------------------------------------------------------------

_KILLER = """
import faulthandler, os, time
from qiyx_xl.intake.form import check as files
from qiyx_xl.intake.workers import worker
judge = files.judge_file_safely
def judge_or_die(path, setting):
    if "abort" in path.name: faulthandler.disable(); os.abort()
    if "hang" in path.name: time.sleep(60)
    if "memory" in path.name: bytearray(4 << 30)
    if "print" in path.name: print("noise", flush=True); os.write(1, b"noise")
    return judge(path, setting)
files.judge_file_safely = judge_or_die
"""


@pytest.fixture(params=["forked", "spawned"])
def deadly(request, monkeypatch, tmp_path):
    """Workers that die of certain file names, as a reader might of certain bytes."""
    script = tmp_path / "deadly_worker.py"
    script.write_text(f"{_KILLER}\nworker.main()", encoding="utf-8")
    monkeypatch.setattr(children, "COMMAND", (sys.executable, str(script)))
    monkeypatch.setattr(workers, "TIME_LIMIT", 1.5)
    if request.param == "spawned":
        monkeypatch.setattr(workers, "can_fork", lambda: False)
    elif sys.platform != "linux":
        pytest.skip("this system starts a fresh process for every worker")
    else:
        # pytest-xdist has a thread of its own, which a worker's copy never needs.
        monkeypatch.setattr(workers, "can_fork", lambda: True)
        monkeypatch.setattr(files, "judge_file_safely", files.judge_file_safely)
        exec(_KILLER, {})  # noqa: S102 - a forked worker dies of what its parent would die of


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [2, 3])
def test_a_dead_or_hanging_worker_costs_its_own_file_only(tmp_path, deadly, jobs):
    names = ["一", "abort", "二", "hang", "三", "memory", "四", "print", "五"]
    paths = [written(tmp_path / f"{name}.xlsx", sheet(FORM.replace("320.0", str(320 + at))))
             for at, name in enumerate(names)]  # fmt: skip
    seen = []
    results = check_files(
        paths, small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory(),
        jobs=jobs, on_done=seen.append,
    )  # fmt: skip
    told = {Path(r.path).stem: [f.code for f in r.findings if f.code != "F208"] for r in results}
    assert told == {
        "一": [], "abort": ["F114"], "二": [], "hang": ["F115"], "三": [], "memory": ["F114"],
        "四": [], "print": [], "五": [],
    }  # fmt: skip
    assert [Path(r.path).stem for r in results] == names, "in the order given"
    assert len(seen) == len(names)
    assert all(len(r.sha256) == 64 for r in results)


@pytest.mark.slow
def test_an_interruption_leaves_no_process_behind(tmp_path, deadly):
    paths = [written(tmp_path / f"{name}.xlsx", sheet(FORM)) for name in ("一", "hang", "hang2")]

    interrupted = []

    def interrupt(_: object) -> None:
        interrupted.append(time.perf_counter())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_files(
            paths, small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory(),
            jobs=2, on_done=interrupt,
        )  # fmt: skip
    took = time.perf_counter() - interrupted[0]
    assert took < workers.TIME_LIMIT, "it did not wait for the hanging ones"


@pytest.mark.slow
def test_one_job_and_several_say_the_same(tmp_path):
    made = {name: make() for name, (make, _) in PACKAGES.items() if "bomb" not in name}
    paths = []
    for number, data in enumerate(made.values()):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(data)
        paths.append(path)
    paths.append(
        write_drawing(
            tmp_path / "好.xlsx",
            "# 填报表\n| 指标编码 | 指标名称 | 本期实际值 |\n| 1 | 托位数 | 320 |",
        )
    )
    alone, together = check(*paths), check(*paths, jobs=2)
    assert alone == together
    assert alone[-1].status is SubmissionStatus.ACCEPTED


@pytest.mark.libreoffice
def test_an_old_xls_is_read(tmp_path):
    import shutil
    import subprocess

    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = write_drawing(
        tmp_path / "表.xlsx", "# 填报表\n| 指标编码 | 指标名称 | 本期实际值 |\n| 1 | 托位数 | 320 |"
    )
    subprocess.run(
        [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "xls", "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (result,) = check(tmp_path / "表.xls")
    assert [f.code for f in result.findings] == ["F206"]
    assert result.records[0].actual == 320
