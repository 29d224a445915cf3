"""The office's report on a batch, as a workbook and as a page."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from zipfile import ZipFile

import openpyxl
import pytest
from support.returned_forms import Q3, error, submission, warning

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.check_report.write import ReportNameError, write_report

ACCEPTED, RETURNED, UNREADABLE = SubmissionStatus
TODAY = date(2026, 11, 23)
ON_ALL = {"rules_version": "2026.1", "period": Q3, "today": TODAY}

NASTY = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(1)",
    "http://evil.example/",
    "<script>document.title='坏'</script>",
    '"><img src=x onerror="document.title=1">',
    "</script><script>alert(1)</script>",
    "&lt;b&gt;",
    "<r><t>富文本</r>",
]


def batch():
    record = Record("1", Q3, "区卫健局", Decimal(5))
    blank = replace(record, code="2", actual=Absence.NOT_REPORTED)
    return [
        replace(
            submission(
                "收件/卫健局.xlsx",
                warning("B3", "请核对。"),
                error("B2", "请改。", value="320个", suggestion="320", header="本期实际值"),
            ),
            records=(record, blank),
        ),
        submission("收件/教育局.xlsx", status=ACCEPTED, agency="区教育局"),
        submission("收件/教育局补.xlsx", warning("C4"), status=ACCEPTED, agency="区教育局"),
        submission(
            "收件/坏.xlsx", error(None, "请另存。", sheet=None), status=UNREADABLE, agency=None
        ),
    ]


def written(tmp_path, suffix, submissions=None, **changed):
    path = tmp_path / f"校验 报告{suffix}"
    write_report(path, batch() if submissions is None else submissions, **(ON_ALL | changed))
    return path


def rows(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def under(sheet, heading):
    """The rows of one table of 汇总, without its header."""
    found, all_rows = [], rows(sheet)
    start = next(at for at, row in enumerate(all_rows) if row[0] == heading)
    for row in all_rows[start + 2 :]:
        if row[0] is None:
            break
        found.append([value for value in row if value is not None])
    return found


# --- the workbook -------------------------------------------------------------------------------


def test_the_workbook_counts_by_agency_file_and_code(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path, ".xlsx"))["汇总"]
    assert sheet["A1"].value == "填报表校验报告"
    assert sheet["A2"].value == "数据期：2026年三季度　校验日期：2026年11月23日　规则版本：2026.1"
    assert (
        sheet["A3"].value
        == "共 4 份：通过 2 份，需退回 1 份，读不了 1 份；必须改 2 处，请核对 2 处。"
    )
    assert under(sheet, "按单位") == [
        ["区卫健局", 1, 0, 1, 0, 1, 1],
        ["区教育局", 2, 2, 0, 0, 0, 1],
        ["未能识别", 1, 0, 0, 1, 1, 0],
    ]
    assert under(sheet, "按文件") == [
        ["卫健局.xlsx", "区卫健局", "2026年三季度", "需退回", 1, 1, 1],
        ["教育局.xlsx", "区教育局", "2026年三季度", "通过", 0, 0, 0],
        ["教育局补.xlsx", "区教育局", "2026年三季度", "通过", 0, 0, 1],
        ["坏.xlsx", "未能识别", "2026年三季度", "读不了", 0, 1, 0],
    ]
    assert under(sheet, "按问题") == [
        ["写法不规范", "V102", "请核对", 2, 2],
        ["数值里带单位", "V104", "必须改", 2, 2],
    ]


def test_the_list_of_findings_can_be_filtered_and_is_ready_to_print(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path, ".xlsx"))["问题清单"]
    assert rows(sheet)[:2] == [
        [
            "序号",
            "级别",
            "单位",
            "文件",
            "工作表",
            "单元格",
            "栏目",
            "现在填的",
            "问题和改法",
            "建议填",
            "代码",
        ],
        [
            1,
            "必须改",
            "区卫健局",
            "卫健局.xlsx",
            "填报表",
            "B2",
            "本期实际值",
            "320个",
            "请改。",
            "320",
            "V104",
        ],
    ]
    assert [row[10] for row in rows(sheet)[1:]] == ["V104", "V102", "V102", "V104"]
    assert sheet.auto_filter.ref == "A1:K5"
    assert sheet.freeze_panes == "A2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0


@pytest.mark.parametrize("text", NASTY)
def test_what_a_stranger_wrote_is_text_in_the_workbook(tmp_path, text):
    finding = error("B2", text, sheet=text, header=text, value=text, suggestion=text)
    path = written(tmp_path, ".xlsx", [submission("甲.xlsx", finding, agency=text)])
    book = openpyxl.load_workbook(path)
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).rstrip(" ") == text
    ]
    assert len(cells) >= 6
    assert {cell.data_type for cell in cells} == {"s"}
    if text[0] in "=+@":
        assert all(cell.quotePrefix for cell in cells)
    with ZipFile(path) as package:
        for name in package.namelist():
            content = package.read(name)
            assert b"<f>" not in content
            assert b"External" not in content


def test_files_of_the_same_name_are_told_apart_by_their_folder(tmp_path):
    both = [
        submission("甲/表.xlsx", agency="甲"),
        submission("乙/表.xlsx", agency="乙"),
        submission("丙/别.xlsx", agency="丙"),
    ]
    sheet = openpyxl.load_workbook(written(tmp_path, ".xlsx", both))["汇总"]
    assert [row[0] for row in under(sheet, "按文件")] == ["甲/表.xlsx", "乙/表.xlsx", "别.xlsx"]


def test_no_files_and_no_findings_are_said_in_words(tmp_path):
    sheet = openpyxl.load_workbook(written(tmp_path, ".xlsx", []))["汇总"]
    assert sheet["A3"].value.startswith("共 0 份")
    page = written(tmp_path, ".html", []).read_text(encoding="utf-8")
    assert "没有发现问题。" in page


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".xlsx", ".html"])
def test_the_same_input_gives_the_same_bytes(tmp_path, suffix):
    first = written(tmp_path, suffix).read_bytes()
    time.sleep(1.1)
    assert written(tmp_path, suffix).read_bytes() == first
    assert written(tmp_path, suffix, today=date(2026, 11, 24)).read_bytes() != first


def test_a_report_of_another_kind_is_refused_with_a_cure(tmp_path):
    with pytest.raises(
        ReportNameError, match=r"校验报告只能存成 \.xlsx 或 \.html，现在是“报告\.pdf”。请改"
    ):
        write_report(tmp_path / "报告.pdf", [], **ON_ALL)
    assert list(tmp_path.iterdir()) == []


def test_text_that_no_file_can_hold_is_made_writable(tmp_path):
    finding = error("B2", "\ud800\x00\u202e" + "长" * 40_000, value="\x07")
    for suffix in (".xlsx", ".html"):
        path = written(tmp_path, suffix, [submission("甲.xlsx", finding)])
        assert path.stat().st_size > 0
    assert "\u202e" not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_ten_thousand_findings_take_seconds(tmp_path):
    many = [submission("甲.xlsx", *(error(f"B{row}", value="320个") for row in range(1, 10_001)))]
    started = time.monotonic()
    sheet = openpyxl.load_workbook(written(tmp_path, ".xlsx", many), read_only=True)["问题清单"]
    page = written(tmp_path, ".html", many).read_text(encoding="utf-8")
    assert time.monotonic() - started < 20
    assert sheet.max_row == 10_001
    assert page.count("<tr data-") == 10_000


# --- the page -----------------------------------------------------------------------------------


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.closed_wrongly: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "br", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.closed_wrongly.append(tag)


def parsed(path):
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def test_the_page_needs_nothing_but_itself_and_lets_only_its_own_script_run(tmp_path):
    path = written(tmp_path, ".html")
    page, text = parsed(path), path.read_text(encoding="utf-8")
    assert page.closed_wrongly == []
    assert page.open == []
    assert not [
        tag for tag, attributes in page.tags if attributes.keys() & {"src", "style", "onclick"}
    ]
    assert {attributes.get("href") for _, attributes in page.tags} <= {None, "#list"}
    assert "http://" not in text
    assert "https://" not in text
    assert "url(" not in text
    policy = next(
        a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.parametrize("text", NASTY)
def test_what_a_stranger_wrote_is_escaped_in_the_page(tmp_path, text):
    usual = [
        tag
        for tag, _ in parsed(written(tmp_path, ".html", [submission("甲.xlsx", error("B2"))])).tags
    ]
    finding = Finding(text, Severity.ERROR, text, text, text, text, text, text)
    page = parsed(written(tmp_path, ".html", [submission(text, finding, agency=text)]))
    assert [tag for tag, _ in page.tags] == usual
    assert page.closed_wrongly == []


def test_counts_on_the_page_add_up(tmp_path):
    text = written(tmp_path, ".html").read_text(encoding="utf-8")
    totals = dict(re.findall(r"<li[^>]*>([^<]+)<b>([0-9]+)</b>", text))
    assert totals == {
        "文件": "4",
        "通过": "2",
        "需退回": "1",
        "读不了": "1",
        "必须改（处）": "2",
        "请核对（处）": "2",
    }


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Headless Chromium, driven as a person would drive it."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("Chromium and its driver (chromium, chromium-driver) are not installed")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,1000",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=driver)
    started = webdriver.Chrome(options=options, service=service)
    yield started
    started.quit()


def visible(browser):
    return browser.execute_script(
        "return [...document.querySelectorAll('#findings tbody tr')]"
        ".filter(row => row.offsetParent !== null).map(row => row.cells[5].textContent)"
    )


def shown(browser):
    return browser.find_element("id", "shown").text


@pytest.mark.chromium
def test_the_filters_work_by_keyboard_and_say_what_they_show(tmp_path, browser):
    from selenium.webdriver.common.keys import Keys

    browser.get(written(tmp_path, ".html").as_uri())
    assert visible(browser) == ["B2", "B3", "C4", ""]
    assert shown(browser) == "共 4 处"
    agency = browser.find_element("id", "by-agency")
    agency.send_keys("区教育局")
    assert visible(browser) == ["C4"]
    assert shown(browser) == "显示 1 处，共 4 处（筛选：区教育局）"
    browser.find_element("id", "by-severity").send_keys("必须改")
    assert visible(browser) == []
    assert browser.find_element("id", "none").is_displayed()
    clear = browser.find_element("id", "clear")
    clear.send_keys(Keys.ENTER)
    assert visible(browser) == ["B2", "B3", "C4", ""]
    browser.find_element("id", "by-code").send_keys("V104")
    assert visible(browser) == ["B2", ""]
    browser.find_element("id", "by-text").send_keys("卫健局")
    assert visible(browser) == ["B2"]
    assert shown(browser) == "显示 1 处，共 4 处（筛选：V104 数值里带单位、“卫健局”）"
    reached = []
    browser.execute_script("document.activeElement.blur()")
    body = browser.find_element("tag name", "body")
    body.send_keys(Keys.TAB)
    for _ in range(8):
        reached.append(
            browser.execute_script(
                "return document.activeElement.id || document.activeElement.className"
            )
        )
        browser.switch_to.active_element.send_keys(Keys.TAB)
    assert {"by-agency", "by-severity", "by-code", "by-text", "clear", "print"} <= set(reached)


@pytest.mark.chromium
def test_nothing_strange_runs_and_nothing_is_fetched(tmp_path, browser):
    findings = [Finding(text, Severity.ERROR, text, text, text, text, text, text) for text in NASTY]
    browser.get(
        written(tmp_path, ".html", [submission(NASTY[4], *findings, agency=NASTY[5])]).as_uri()
    )
    assert browser.title == "填报表校验报告（2026年三季度）"
    assert len(visible(browser)) == len(NASTY)
    assert browser.find_element("css selector", "#findings tbody td:nth-child(8)").text == NASTY[0]
    fetched = browser.execute_script(
        "return performance.getEntriesByType('resource').map(one => one.name)"
    )
    assert fetched == []
    assert browser.get_log("browser") == []


@pytest.mark.chromium
def test_the_page_prints_on_a4_landscape_with_what_the_filter_shows(tmp_path, browser):
    many = [
        submission(
            "甲.xlsx",
            *(error(f"B{row}") for row in range(1, 101)),
            *(warning(f"C{row}") for row in range(1, 4)),
        )
    ]
    browser.get(written(tmp_path, ".html", many).as_uri())
    long = pdf(browser, tmp_path)
    browser.find_element("id", "by-severity").send_keys("请核对")
    short = pdf(browser, tmp_path)
    assert long["Page size"].startswith("841.92 x 594.96") or "A4" in long["Page size"]
    assert int(long["Pages"]) > int(short["Pages"])


def pdf(browser, tmp_path):
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo (poppler-utils) is not installed")
    path = tmp_path / "页.pdf"
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    path.write_bytes(base64.b64decode(printed["data"]))
    lines = subprocess.run(
        ["pdfinfo", path], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}
