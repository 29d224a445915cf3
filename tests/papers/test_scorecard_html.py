"""晾晒榜.html in a real browser: sorted, filtered, explained and printed by hand."""

from __future__ import annotations

import base64
import shutil
import sys
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from support import editions, rendering
from support.paths import ROOT

from qiyx_xl.core.primitives.values import plain
from qiyx_xl.documents.scorecard import charts as curves
from qiyx_xl.documents.scorecard.charts import curve
from qiyx_xl.documents.scorecard.html import render_scorecard, write_scorecard_page

sys.path.insert(0, str(ROOT / "scripts"))

import printing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.papers.edition import Edition


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver

    driver, program = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or program is None:
        pytest.skip("Chromium and its driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in (*printing.chromium_arguments(), "--window-size=1400,1000"):
        options.add_argument(argument)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


@pytest.fixture
def page(browser: Any, tmp_path: Path, plan: Plan, rules: Rules) -> Any:
    path = tmp_path / "晾晒榜.html"
    write_scorecard_page(path, editions.quarter(plan, rules))
    browser.get(path.as_uri())
    return browser


def find(page: Any, selector: str) -> Any:
    return page.find_elements("css selector", selector)


def column(page: Any, table: str, number: int) -> list[str]:
    cells = find(page, f"#{table} tbody tr:not([hidden]) > :nth-child({number})")
    return [cell.text for cell in cells]


def head(page: Any, table: str, name: str) -> Any:
    return next(b for b in find(page, f"#{table} thead button") if b.text.startswith(name))


def choose(page: Any, name: str, text: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(page.find_element("id", f"by-{name}")).select_by_visible_text(text)


# --- sorting -----------------------------------------------------------------------------------


@pytest.mark.chromium
def test_a_click_on_a_head_sorts_by_the_exact_number_and_a_second_turns_it_round(page: Any) -> None:
    button = head(page, "view-domain", "晾晒得分")
    button.click()
    shown = [float(text) for text in column(page, "view-domain", 10)]
    assert shown == sorted(shown)
    assert button.find_element("xpath", "..").get_attribute("aria-sort") == "ascending"
    button.click()
    assert [float(text) for text in column(page, "view-domain", 10)] == shown[::-1]


@pytest.mark.chromium
def test_what_has_no_number_stays_last_whichever_way_it_is_sorted(page: Any) -> None:
    button = head(page, "list", "完成率")
    for _ in range(2):
        button.click()
        texts = column(page, "list", 8)
        first_blank = texts.index("—")
        assert set(texts[first_blank:]) == {"—"}
        assert first_blank > 10


@pytest.mark.chromium
def test_codes_sort_as_numbers_and_lamps_by_urgency(page: Any) -> None:
    head(page, "list", "编号").click()
    assert column(page, "list", 1)[:12] == [str(number) for number in range(1, 13)]
    head(page, "list", "灯").click()
    assert column(page, "list", 10)[0].startswith("红")


@pytest.mark.chromium
def test_it_sorts_from_the_keyboard_alone(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    button = head(page, "view-agency", "填报率")
    page.execute_script("arguments[0].focus()", button)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert button.find_element("xpath", "..").get_attribute("aria-sort") == "ascending"


# --- filters -----------------------------------------------------------------------------------


@pytest.mark.chromium
def test_filters_combine_and_count_and_take_the_curves_along(page: Any) -> None:
    choose(page, "kind", "指标")
    assert page.find_element("id", "shown").text.startswith("显示 21 项，共 ")
    choose(page, "light", "红灯")
    choose(page, "domain", "住有宜居")
    assert column(page, "list", 1) == ["16", "17"]
    cards = [card.text for card in find(page, "figure:not([hidden]) figcaption")]
    assert len(cards) == 2
    assert all(card.startswith("红·") for card in cards)
    choose(page, "agency", "区教育局")
    assert page.find_element("id", "none").is_displayed()
    page.find_element("id", "clear").click()
    assert page.find_element("id", "shown").text.startswith("共 ")
    assert not page.find_element("id", "none").is_displayed()


@pytest.mark.chromium
def test_words_are_looked_for_in_the_whole_row(page: Any) -> None:
    page.find_element("id", "by-text").send_keys("失业率 贴线")
    assert column(page, "list", 1) == ["7"]


# --- lamps explained ---------------------------------------------------------------------------


@pytest.mark.chromium
def test_hovering_over_a_lamp_explains_it_and_escape_closes(page: Any) -> None:
    from selenium import webdriver
    from selenium.webdriver.common.keys import Keys

    lamp = find(page, "#list tbody tr:nth-child(9) .lamp button")[0]
    tip = find(page, "#list tbody tr:nth-child(9) .tip")[0]
    assert not tip.is_displayed()
    webdriver.ActionChains(page).move_to_element(lamp).perform()
    assert tip.text == (
        "黄·滞后：滞后序时6.6个百分点。实际 7.7万人次，目标 8.3，上年末 6.4；"
        "完成率 92.8%，序时差 -6.6 个百分点。来源：区人力社保局_2026Q3.xlsx ▸ 填报表!G6。"
    )
    webdriver.ActionChains(page).send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()


@pytest.mark.chromium
def test_stepping_onto_a_lamp_with_the_keyboard_explains_it_too(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    choose(page, "kind", "指标")
    page.execute_script("arguments[0].focus()", head(page, "list", "预计年底"))
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert find(page, "#list tbody tr:first-child .tip")[0].is_displayed()


@pytest.mark.chromium
def test_on_a_narrow_screen_the_explanation_is_not_cut(page: Any) -> None:
    page.set_window_size(500, 900)
    lamp = find(page, "#list tbody tr:nth-child(9) .lamp button")[0]
    page.execute_script("arguments[0].focus()", lamp)
    tip = find(page, "#list tbody tr:nth-child(9) .tip")[0]
    box = page.execute_script("return arguments[0].getBoundingClientRect().toJSON()", tip)
    width, height = page.execute_script("return [window.innerWidth, window.innerHeight]")
    page.set_window_size(1400, 1000)
    assert 0 <= box["left"] < box["right"] <= width
    assert 0 <= box["top"] < box["bottom"] <= height


@pytest.mark.chromium
def test_a_dot_of_a_curve_tells_its_number_and_lamp(page: Any) -> None:
    dots = find(page, "figure:first-child .serie-1 .dots")
    told = [dot.find_element("css selector", "title").get_attribute("textContent") for dot in dots]
    assert told[0] == "2026年底预计：5个（绿，按近4期走势推算）"
    assert told[1] == "2025年四季度：4.6个（绿·达标）"
    assert told[-1] == "2026年三季度：4.9个（绿·达序时）"
    targets = find(page, "figure:first-child .serie-0 .dots title")
    assert targets[-1].get_attribute("textContent") == "2027年目标 5.5"
    line = find(page, "figure:first-child .serie-0 path.line")[0]
    assert "dash" not in line.value_of_css_property("stroke")
    assert line.value_of_css_property("stroke-dasharray") not in ("", "none")


# --- safe, quiet, printable --------------------------------------------------------------------


@pytest.mark.chromium
def test_the_browser_has_nothing_to_complain_of_and_nothing_is_fetched(page: Any) -> None:
    assert page.get_log("browser") == []
    fetched = page.execute_script("return performance.getEntriesByType('resource').length")
    assert fetched == 0


@pytest.mark.chromium
def test_text_from_outside_shows_and_does_nothing(
    browser: Any, tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    nasty = "</script><img src=x onerror=\"document.title='坏'\">" + editions.NASTY
    wild = replace(
        plan,
        title=f"象山县{nasty}",
        agencies=(replace(plan.agencies[0], name=nasty), *plan.agencies[1:]),
        domains=(replace(plan.domains[0], name=nasty), *plan.domains[1:]),
        indicators=tuple(
            replace(
                item,
                name=f"{nasty}{item.code}",
                measure=nasty,
                domain=nasty if item.domain == "幼有善育" else item.domain,
                lead_agency=nasty if item.lead_agency == "区卫健局" else item.lead_agency,
            )
            for item in plan.indicators
        ),
    )
    path = tmp_path / "坏.html"
    write_scorecard_page(path, editions.quarter(wild, rules))
    browser.get(path.as_uri())
    assert "坏" not in browser.title
    assert find(browser, "img") == []
    assert browser.execute_script("return document.scripts.length") == 1
    assert "<img src=x" in find(browser, "#list tbody th")[0].text


@pytest.mark.chromium
def test_printing_shows_every_row_that_is_shown_and_no_controls(page: Any, tmp_path: Path) -> None:
    choose(page, "kind", "任务目标")
    printed = base64.b64decode(page.print_page())
    pdf = tmp_path / "打印.pdf"
    pdf.write_bytes(printed)
    text = rendering.Printed(pdf, pdf, tmp_path).text
    assert "高标准规范化三级助联体达成率" in text
    assert "三级托育服务网络建成" not in text
    assert "清除筛选" not in text
    assert text.count("序时差灯预计年底说明") > 2  # the head stands on every page


@pytest.mark.chromium
@pytest.mark.parametrize("name", ["with_projects", "empty"])
def test_it_comes_out_whole_in_print(name: str, tmp_path: Path, plan: Plan, rules: Rules) -> None:
    path = tmp_path / f"{name}.html"
    write_scorecard_page(path, getattr(editions, name)(plan, rules))
    rendering.printed(path, tmp_path).check(pages=range(8, 18))


# --- without a browser -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wide(plan: Plan, rules: Rules) -> Edition:
    return editions.many(plan, rules)


def test_the_same_edition_gives_the_same_page(plan: Plan, rules: Rules) -> None:
    edition = editions.quarter(plan, rules)
    assert render_scorecard(edition) == render_scorecard(edition)


@pytest.mark.slow
def test_three_hundred_agencies_all_stand_in_their_view(wide: Edition) -> None:
    page = render_scorecard(wide)
    rows = page.split('id="view-agency"')[1].split("</tbody>")[0].count("<tr>")
    assert rows == 300 + 1  # and the head
    assert page.count("<figure ") == 900


@pytest.mark.parametrize("name", ["with_projects", "empty", "one_agency", "all_green"])
def test_every_element_that_is_opened_is_closed(name: str, plan: Plan, rules: Rules) -> None:
    class Balance(HTMLParser):
        void = frozenset({"meta", "input"})

        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in self.void:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    checker = Balance()
    checker.feed(render_scorecard(getattr(editions, name)(plan, rules)))
    assert checker.open == []


def test_a_number_in_doubt_does_not_bend_the_curve(plan: Plan, rules: Rules) -> None:
    edition = editions.quarter(plan, rules)
    item = plan.indicators[2]
    assert edition.line(item.code).rating.state == "待核"  # type: ignore[union-attr]
    drawn = curve(edition.curve(item.code), item.targets, plan.years, item.measure)
    assert drawn is not None
    assert "2026年三季度" not in drawn
    assert "2026年二季度" in drawn


@pytest.mark.parametrize(
    ("least", "most", "guides"),
    [
        ("4", "5.5", "4 4.5 5 5.5"), ("0", "1", "0 0.2 0.4 0.6 0.8 1"), ("-5", "5", "-4 -2 0 2 4"),
        ("3.99", "4.01", "3.99 3.995 4 4.005 4.01"), ("0", "100", "0 20 40 60 80 100"),
        ("1e9", "1.5e9", "1000000000 1100000000 1200000000 1300000000 1400000000 1500000000"),
        ("1e35", "100000000000000000000000000000000000.1", "100000000000000000000000000000000000"),
    ],
)  # fmt: skip
def test_a_curves_scale_has_round_numbers_and_not_many(least: str, most: str, guides: str) -> None:
    found = curves._guides(Decimal(least), Decimal(most))
    assert " ".join(map(plain, found)) == guides


def test_a_single_number_is_drawn_in_the_middle_and_what_strangers_wrote_does_nothing(
    plan: Plan, rules: Rules
) -> None:
    edition = editions.quarter(plan, rules)
    item = plan.indicators[0]
    [*_, line] = edition.curve(item.code)
    drawn = curve([line], {}, plan.years, '</title><script>"')
    assert drawn is not None
    assert "<script" not in drawn
    tree = etree.fromstring(drawn)
    (dot,) = tree.iter("{*}circle")
    assert float(dot.get("cy")) == (8 + 4 + 220 - 22 - 4) / 2
    assert tree.get("aria-label") == dot.getparent()[0].text


def test_there_is_no_curve_of_words_alone(plan: Plan, rules: Rules) -> None:
    item = plan.indicators[14]
    words = {year: target for year, target in item.targets.items() if target.value is None}
    assert curve(editions.empty(plan, rules).curve(item.code), words, plan.years, "") is None
