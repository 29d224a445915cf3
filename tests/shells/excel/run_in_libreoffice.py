"""Opens a workbook in LibreOffice and runs VBA functions in it; a program of its own.

    python3 run_in_libreoffice.py BOOK PROFILE '[["Module.Function", [argument]]]'

Needs a Python that has ``uno``. Prints JSON: the answers, and the buttons of the first sheet
with the macro that each is bound to.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from support.office_process import RUN_MACROS, opened, prop


def answers(document, calls):
    scripts = document.getScriptProvider()
    for name, arguments in calls:
        url = f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
        yield scripts.getScript(url).invoke(tuple(arguments), (), ())[0]


def buttons(document):
    page = document.Sheets.getByIndex(0).DrawPage
    for shape in (page.getByIndex(index) for index in range(page.Count)):
        if not shape.supportsService("com.sun.star.drawing.ControlShape"):
            continue
        form, model = page.Forms.getByIndex(0), shape.Control
        place = [form.getByIndex(at).Name for at in range(form.Count)].index(model.Name)
        yield model.Label, [event.ScriptCode for event in form.getScriptEvents(place)]


def main():
    book, profile, calls = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    with opened(book, profile, prop("MacroExecutionMode", RUN_MACROS)) as document:
        print(  # noqa: T201 - the answer
            json.dumps(
                {
                    "answers": list(answers(document, calls)),
                    "buttons": dict(buttons(document)),
                    "modules": document.BasicLibraries.getByName("VBAProject").ElementNames,
                },
                default=str,
            )
        )


if __name__ == "__main__":
    main()
