"""Templates and plans in Word: what would travel on is refused, what is damaged is said."""

from __future__ import annotations

import os
import random
import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import pytest

from qiyx_xl.core.plan.importing.source import PlanImportError
from qiyx_xl.documents.word.docx import Template, TemplateError
from qiyx_xl.intake.documents.reading import read_document

if TYPE_CHECKING:
    from pathlib import Path

MUTANTS = 300 if os.environ.get("QIYX_CI") else 60
RELATION = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"{}/></Relationships>'


@pytest.fixture(scope="module")
def letterhead(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("template") / "模板.docx"
    document = docx.Document()
    document.add_paragraph("{{标题}}")
    document.add_paragraph("{{正文}}")
    document.add_table(2, 2).cell(0, 0).text = "指标"
    document.save(str(path))
    return path.read_bytes()


def opened(path: Path) -> Template:
    return Template(path, words={"标题"}, passages={"正文"}, required={"标题"})


def changed(package: bytes, part: str, change, **more: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == part else content)
        for name, content in more.items():
            target.writestr(name, content)
    return out.getvalue()


CARGO = {
    "attachedTemplate": ("http://example.org/a.dotm", ' TargetMode="External"', "指向文件之外的链接"),
    "image": ("file:///c:/a.png", ' TargetMode="External"', "指向文件之外的链接"),
    "vbaProject": ("vbaProject.bin", "", "宏"),
    "oleObject": ("embeddings/a.bin", "", "嵌入的文件或控件"),
    "aFChunk": ("a.html", "", "嵌入的文件或控件"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CARGO)
def test_a_template_that_carries_something_along_is_refused(letterhead, tmp_path, kind):
    target, mode, word = CARGO[kind]
    added = RELATION.format(kind, target, mode).encode()
    more = {} if mode else {f"word/{target}": b"x"}
    package = changed(
        letterhead,
        "word/_rels/document.xml.rels",
        lambda xml: xml.replace(b"</Relationships>", added),
        **more,
    )
    if more:
        package = changed(
            package,
            "[Content_Types].xml",
            lambda xml: xml.replace(
                b"<Default ", b'<Default Extension="bin" ContentType="application/x"/>'
                b'<Default Extension="html" ContentType="text/html"/><Default ', 1,
            ),
        )  # fmt: skip
    path = tmp_path / "模板.docx"
    path.write_bytes(package)
    with pytest.raises(TemplateError, match=word):
        opened(path)


def test_a_plain_letterhead_is_taken_with_its_links(letterhead, tmp_path):
    added = RELATION.format("hyperlink", "http://example.org", ' TargetMode="External"').encode()
    path = tmp_path / "模板.docx"
    path.write_bytes(
        changed(
            letterhead,
            "word/_rels/document.xml.rels",
            lambda xml: xml.replace(b"</Relationships>", added),
        )
    )
    assert opened(path).name == "模板.docx"


def damaged(package: bytes, dice: random.Random) -> bytes:
    kind = dice.randrange(5)
    if kind == 0:
        return package[: dice.randrange(1, len(package))]
    if kind == 1:
        at = dice.randrange(len(package))
        return package[:at] + bytes([package[at] ^ (1 << dice.randrange(8))]) + package[at + 1 :]
    with zipfile.ZipFile(BytesIO(package)) as archive:
        part = dice.choice([n for n in archive.namelist() if n.endswith((".xml", ".rels"))])

    def change(xml: bytes) -> bytes:
        at = dice.randrange(len(xml))
        if kind == 2:
            return xml[:at]
        if kind == 3:
            return xml[:at] + xml[at + dice.randint(1, 300) :]
        return re.sub(rb'"[^"]*"', b'"x"', xml, count=dice.randint(1, 30))

    return changed(package, part, change)


@pytest.mark.slow
def test_no_damaged_word_file_ends_in_anything_but_an_answer_or_a_sentence(letterhead, tmp_path):
    dice, refused = random.Random(20261201), 0
    path = tmp_path / "模板.docx"
    for _ in range(MUTANTS):
        path.write_bytes(damaged(letterhead, dice))
        for use in (opened, read_document):
            try:
                use(path)
            except (TemplateError, PlanImportError) as said:
                refused += bool(str(said).endswith("。"))
    assert refused > MUTANTS // 2
