from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from support import editions, rendering
from support.pages import page
from support.paths import ROOT

from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import reporting
from qiyx_xl.data import resource
from qiyx_xl.documents.word.bulletin import shipped_template, write_bulletin
from qiyx_xl.documents.word.docx import TemplateError
from qiyx_xl.papers.bulletin.bulletin import PASSAGES, WORDS, bulletin, check
from qiyx_xl.papers.edition import EditionError
from qiyx_xl.papers.phrases import Body, Heading, LampCount, Table, chinese_number

EDGES = (
    editions.quarter,
    editions.empty,
    editions.one_agency,
    editions.all_green,
    pytest.param(editions.many, marks=pytest.mark.slow),
)


def text_of(blocks):
    return "\n".join(f"{getattr(one, 'lead', '')}{getattr(one, 'text', '')}" for one in blocks)


def whole(path):
    document = docx.Document(str(path))
    return "\n".join(
        "".join(node.text or "" for node in p.iter(qn("w:t")))
        for p in document.element.iter(qn("w:p"))
    )


# --- what it says ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", EDGES)
def test_every_count_of_lamps_in_the_text_is_the_lines_own(plan, rules, make):
    edition = make(plan, rules)
    lights = Counter(line.rating.light for line in edition.indicators)
    said = text_of(bulletin(edition).passages["总体情况"]).split("\n")[0]
    for light in (Light.GREEN, Light.AMBER, Light.RED):
        found = re.search(rf"亮{light.word}灯(\d+)项", said)
        if "全部亮绿灯" in said:
            assert lights == {Light.GREEN: len(edition.indicators)}
        elif "均未亮灯" in said:
            assert lights == {Light.GREY: len(edition.indicators)}
        else:
            assert (int(found[1]) if found else 0) == lights[light]
    due, missing = reporting(line.rating for line in edition.indicators)
    assert f"本期应报指标{due}项，已报{due - missing}项" in text_of(
        bulletin(edition).passages["总体情况"]
    )


@pytest.mark.parametrize("make", EDGES)
def test_the_attachments_show_every_indicator_once_and_the_lamps_add_up(plan, rules, make):
    edition = make(plan, rules)
    first, domains, agencies, *_ = bulletin(edition).passages["附件"]
    assert [row[0] for row in first.rows] == [line.item.code for line in edition.indicators]
    for table in (domains, agencies):
        total = sum(int(row[column]) for row in table.rows for column in table.count_columns)
        assert total == len(edition.indicators)


def test_lamps_that_do_not_add_up_stop_the_bulletin(plan, rules):
    edition = editions.quarter(plan, rules)
    tables = bulletin(edition).passages["附件"]
    short = replace(tables[0], rows=tables[0].rows[1:])
    with pytest.raises(EditionError, match="灯数对不上"):
        check(edition, (short,))
    row = tables[2].rows[0]
    padded = replace(tables[2], rows=((*row[:2], "99", *row[3:]), *tables[2].rows[1:]))
    with pytest.raises(EditionError, match="分单位晾晒情况表"):
        check(edition, (padded,))
    with pytest.raises(EditionError, match="合计应为4"):
        LampCount(1, 1, 1, 0, total=4)


def few(plan, rules):
    """Two red indicators, two amber, one green, one in doubt, one excused; nothing else came."""
    sent = [
        *(("12", "2025Q4", "60"), ("12", "2026Q3", "61"), ("17", "2025Q4", "2.64")),
        *(("17", "2026Q3", "2.64"), ("2", "2025Q4", "66.5"), ("2", "2026Q3", "69")),
        *(("18", "2026Q3", "95.96"), ("21", "2026Q3", "100"), ("19", "2026Q3", "1.7")),
        ("20", "2026Q3", Absence.NOT_APPLICABLE),
    ]
    return editions.edition(plan, rules, [editions.record(plan, *row) for row in sent])


def test_the_bulletin_of_a_small_quarter_reads_like_this(plan, rules, snapshot):
    content = bulletin(editions.small(plan, rules))
    assert page(content.words, content.passages) == snapshot


def test_a_sentence_reads_like_this(plan, rules):
    passages = bulletin(few(plan, rules)).passages
    assert passages["总体情况"][0].text == (
        "方案共确定21项主要指标。截至2026年三季度末，亮绿灯1项，占4.8%；亮黄灯2项，占9.5%；"
        "亮红灯2项，占9.5%；暂不亮灯（灰灯）16项。灰灯指标中，未报10项、未到期4项、待核1项、"
        "不适用1项。全区晾晒得分44.0分。"
    )
    red = next(b for b in passages["进展滞后"] if isinstance(b, Body) and b.lead.startswith("2."))
    assert (red.lead, red.text) == (
        "2. “浙里惠民保”投保率（区卫健局）。",
        "实际61%，目标≥70%，完成率87.1%；滞后序时65.0个百分点。",
    )


def test_it_compares_with_what_was_last_published(plan, rules):
    before = editions.edition(
        plan, rules, [editions.record(plan, "21", "2026Q2", "100")], period=editions.Q2
    )
    now = [
        editions.record(plan, "21", "2026Q3", "100"),
        editions.record(plan, "18", "2026Q3", "97"),
    ]
    edition = editions.edition(plan, rules, now, publications=[before.publication])
    said = text_of(bulletin(edition).passages["总体情况"])
    assert "与2026年二季度晾晒相比，绿灯增加1项、灰灯减少1项。" in said
    assert "晾晒相比" not in text_of(bulletin(before).passages["总体情况"])


def test_red_comes_before_amber_and_the_worst_first(plan, rules):
    blocks = bulletin(few(plan, rules)).passages["进展滞后"]
    titles = [one.text for one in blocks if isinstance(one, Heading)]
    assert titles[:3] == ["（一）红灯指标（2项）", "（二）黄灯指标（2项）", "（三）待核数据（1项）"]
    gaps = [
        float(found[1])
        for block in blocks
        if (found := re.search(r"滞后序时([\d.]+)个", getattr(block, "text", "")))
    ]
    assert gaps == [75.0, 65.0, 3.6]


def test_what_an_agency_marks_as_practice_is_quoted_once_and_reasons_stand_with_their_lamp(
    plan, rules
):
    records = [
        editions.record(
            plan, "1", "2026Q3", "5.2", remark="典型做法：社区嵌入式托育“一街道一中心”"
        ),
        editions.record(plan, "12", "2026Q3", "61", remark="参保期到11月底，集中在四季度缴费"),
        editions.record(plan, "2", "2026Q3", "80", remark="口径按户籍"),
    ]
    passages = bulletin(editions.edition(plan, rules, records)).passages
    assert text_of(passages["典型做法"]) == "1. 区卫健局。社区嵌入式托育“一街道一中心”。"
    behind = text_of(passages["进展滞后"])
    assert "单位说明：参保期到11月底，集中在四季度缴费。" in behind
    assert "口径按户籍" not in text_of(b for p in passages.values() for b in p)


@pytest.mark.parametrize(
    "empty", ["/", "无", "同上。", "——", "见附件", "\u2800", "√", "典型做法：无"]
)
def test_words_that_say_nothing_are_not_printed_however_they_came_into_the_store(
    plan, rules, empty
):
    records = [
        editions.record(plan, "12", "2026Q3", "61", remark=empty),
        editions.record(plan, "1", "2026Q3", "5.2", remark=f"典型做法：{empty}"),
    ]
    edition = editions.edition(plan, rules, records)
    passages = bulletin(edition).passages
    assert "单位说明" not in text_of(passages["进展滞后"])
    assert text_of(passages["典型做法"]) == "本期各单位没有报送典型做法。"
    assert [one.text for one in edition.remarks if one.item.code == "12"] == []


def test_with_nothing_to_praise_or_to_blame_it_says_so(plan, rules):
    nothing = bulletin(editions.empty(plan, rules)).passages
    assert text_of(nothing["进展较好"]) == "本期没有亮绿灯的指标。"
    assert text_of(nothing["典型做法"]) == "本期各单位没有报送典型做法。"
    wide = editions.widened(plan, 3)
    perfect = bulletin(editions.all_green(replace(wide, goals=()), rules)).passages
    assert text_of(perfect["进展滞后"]) == "本期没有滞后的指标，也没有逾期未报的单位。"
    assert [one.caption for one in perfect["附件"]] == [
        "2026年三季度指标完成情况表",
        "2026年三季度分领域晾晒情况表",
        "2026年三季度分单位晾晒情况表",
    ]


@pytest.mark.slow
def test_three_hundred_agencies_are_told_in_a_few_pages_of_text(plan, rules):
    passages = bulletin(editions.many(plan, rules)).passages
    assert len(text_of(passages["进展滞后"])) < 4000
    assert "其余见附件1" in text_of(passages["进展滞后"])


@pytest.mark.parametrize(
    ("number", "word"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_headings_are_numbered_in_chinese(number, word):
    assert chinese_number(number) == word


# --- how it is set ---------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path, plan, rules):
    path = tmp_path / "通报.docx"
    write_bulletin(path, editions.quarter(plan, rules))
    return path


def test_the_page_is_that_of_official_papers(written):
    section = docx.Document(str(written)).sections[0]
    millimetres = [
        round(getattr(section, f"{side}").mm)
        for side in (
            *("page_width", "page_height", "top_margin", "bottom_margin"),
            *("left_margin", "right_margin"),
        )
    ]
    assert millimetres == [210, 297, 37, 35, 28, 26]
    body = docx.Document(str(written)).styles["通报正文"]
    normal = docx.Document(str(written)).styles["Normal"]
    lines = 225 / 25.4 * 72 / body.paragraph_format.line_spacing.pt
    spacing = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    characters = 156 / 25.4 * 72 / (body.font.size.pt + spacing)
    assert (int(lines), int(characters)) == (22, 28)
    assert body.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"


def test_fonts_that_a_computer_may_lack_name_a_substitute(written):
    with ZipFile(written) as package:
        fonts = etree.fromstring(package.read("word/fontTable.xml"))
    named = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val"))
        for font in fonts
        if font.find(qn("w:altName")) is not None
    }
    assert named == {
        "仿宋_GB2312": "仿宋",
        "楷体_GB2312": "楷体",
        "方正小标宋简体": "小标宋",
        "黑体": "SimHei",
    }


def test_no_placeholder_is_left_and_headings_follow_the_order_of_official_papers(written):
    text = whole(written)
    assert "{{" not in text
    order = [
        "七优享办〔2026〕",
        "一、总体情况",
        "（一）分领域情况",
        "二、进展较好的方面",
        "三、进展滞后的方面",
        "（一）红灯指标",
        "1. ",
        "四、典型做法",
        "五、下一步工作",
        "附件：1. ",
        "2026年10月30日",
        "附件1",
        "抄送",
    ]
    at = -1
    for piece in order:
        assert (at := text.find(piece, at + 1)) >= 0, piece


def test_the_same_edition_gives_the_same_bytes(tmp_path, plan, rules, written):
    again = tmp_path / "再来.docx"
    write_bulletin(again, editions.quarter(plan, rules))
    assert again.read_bytes() == written.read_bytes()


def test_what_departments_wrote_stays_text(tmp_path, plan, rules):
    nasty = f"典型做法：{editions.NASTY}</w:t></w:r><w:instrText>DDEAUTO</w:instrText>\x07"
    records = [editions.record(plan, "1", "2026Q3", "5.2", remark=nasty)]
    path = tmp_path / "通报.docx"
    write_bulletin(path, editions.edition(plan, rules, records))
    assert '=HYPERLINK("http://x","点我")<script>alert(1)</script>&amp;{{ 7*7 }}' in whole(path)
    document = docx.Document(str(path))
    assert not list(document.element.iter(qn("w:instrText")))
    assert not list(document.element.iter(qn("w:hyperlink")))
    with ZipFile(path) as package:
        assert b"http://x" not in package.read("word/_rels/document.xml.rels")


def sixty(plan, rules):
    """Enough agencies that every table goes on overleaf."""
    return editions.many(plan, rules, agencies=60)


@pytest.mark.libreoffice
@pytest.mark.parametrize("make", [editions.quarter, sixty])
def test_it_is_printed_whole(tmp_path, plan, rules, make):
    path = tmp_path / "通报.docx"
    write_bulletin(path, make(plan, rules))
    rendering.printed(path, tmp_path).check()


# --- templates -------------------------------------------------------------------------------


def template(tmp_path, edit):
    path = tmp_path / "通报模板.docx"
    document = docx.Document(str(shipped_template()))
    edit(document)
    document.save(str(path))
    return path


def write_in(own, path, edition):
    write_bulletin(path, replace(edition, template=own))


def paragraph(document, text):
    return next(p for p in document.paragraphs if text in p.text)


@pytest.mark.slow
def test_the_shipped_templates_are_fresh(tmp_path):
    script = ROOT / "scripts" / "build_templates.py"
    subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    for name in ("bulletin.docx", "agenda.docx"):
        assert (tmp_path / name).read_bytes() == resource(f"templates/{name}").read_bytes(), name


def test_an_office_changes_number_head_and_wording(tmp_path, plan, rules):
    def edit(document):
        paragraph(document, "工作通报").runs[0].text = "北仑区民生工作简报"
        paragraph(document, "{{文号字头}}").runs[0].text = "北专班〔{{年份}}〕7号"
        paragraph(document, "为推动").runs[0].text = "现将{{ 数据期 }}{{指标总数}}项指标情况通报。"
        for text in ("四、典型做法", "{{典型做法}}"):
            found = paragraph(document, text)._p
            found.getparent().remove(found)

    path = tmp_path / "通报.docx"
    write_in(template(tmp_path, edit), path, editions.quarter(plan, rules))
    text = whole(path)
    assert "北仑区民生工作简报" in text
    assert "北专班〔2026〕7号" in text
    assert "现将2026年三季度21项指标情况通报。" in text
    assert "典型做法" not in text.split("五、下一步")[0]


def test_a_placeholder_that_word_has_cut_into_runs_is_filled(tmp_path, plan, rules):
    def edit(document):
        target = paragraph(document, "为推动")
        for run in target.runs[1:]:
            run._r.getparent().remove(run._r)
        target.runs[0].text = "本期{"
        for piece in ("{数", "据", "期}", "}共{{指标总数", "}}项"):
            target.add_run(piece).bold = True

    path = tmp_path / "通报.docx"
    write_in(template(tmp_path, edit), path, editions.quarter(plan, rules))
    assert "本期2026年三季度共21项" in whole(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{{总体情况}}", "", "缺少{{总体情况}}"),
        ("{{总体情况}}", "{{总体情况介绍}}", "不认识 {{总体情况介绍}}"),
        ("{{总体情况}}", "{{总体情况介绍}}", "是不是 {{总体情况}}"),
        ("{{总体情况}}", "如下：{{总体情况}}", "要单独占一段"),
        ("{{典型做法}}", "{{典型做法}", "花括号没有成对"),
    ],
)
def test_a_template_with_a_wrong_placeholder_is_refused_with_the_place(
    tmp_path, plan, rules, old, new, words
):
    def edit(document):
        paragraph(document, old).runs[0].text = new

    path = tmp_path / "通报.docx"
    with pytest.raises(TemplateError, match="通报模板") as error:
        write_in(template(tmp_path, edit), path, editions.empty(plan, rules))
    assert words in str(error.value)
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [None, b"", b"not a document", b"PK\x03\x04 broken"],
    ids=["missing", "empty", "text", "broken"],
)
def test_what_is_no_word_document_is_refused(tmp_path, plan, rules, content):
    path = tmp_path / "通报模板.docx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TemplateError, match="通报模板"):
        write_in(path, tmp_path / "通报.docx", editions.empty(plan, rules))


def test_a_template_without_our_styles_takes_the_placeholders_own_look(tmp_path, plan, rules):
    own = docx.Document()
    for name in ("{{数据期}}通报", "{{总体情况}}", "{{进展较好}}", "{{进展滞后}}", "{{附件}}"):
        run = own.add_paragraph().add_run(name)
        run.italic = True
    mine = tmp_path / "自己的.docx"
    own.save(str(mine))
    path = tmp_path / "通报.docx"
    write_in(mine, path, editions.quarter(plan, rules))
    made = docx.Document(str(path))
    assert paragraph(made, "方案共确定21项").runs[0].italic
    assert len(made.tables) == 4


def test_every_word_and_passage_that_is_promised_is_filled(tmp_path, plan, rules):
    content = bulletin(editions.quarter(plan, rules))
    assert set(content.words) == set(WORDS)
    assert set(content.passages) == set(PASSAGES)
    assert all(isinstance(one, Table) for one in content.passages["附件"])


def test_a_placeholder_in_a_page_header_is_filled_too(tmp_path, plan, rules):
    def edit(document):
        document.sections[0].header.paragraphs[0].add_run("{{区县}}·{{数据期}}")

    path = tmp_path / "通报.docx"
    write_in(template(tmp_path, edit), path, editions.empty(plan, rules))
    header = docx.Document(str(path)).sections[0].header
    assert header.paragraphs[0].text == "北仑区·2026年三季度"
