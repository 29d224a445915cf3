"""Opens a workbook in LibreOffice and runs VBA functions in it; a program of its own.

    python3 run_in_libreoffice.py BOOK PROFILE '[["Module.Function", [argument]]]'

Needs a Python that has ``uno``. Prints JSON: the answers, and the buttons of the first sheet
with the macro that each is bound to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

RUN_MACROS = 4


def prop(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not start")


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
    pipe = f"qiyx{os.getpid()}"
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nologo",
            f"--accept=pipe,name={pipe};urp;",
            f"-env:UserInstallation=file://{profile}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        options = (prop("Hidden", True), prop("MacroExecutionMode", RUN_MACROS))
        document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(book), "_blank", 0, options)
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
        document.close(True)
        desktop.terminate()
        office.wait(30)
    finally:
        office.kill()


if __name__ == "__main__":
    main()
