"""LibreOffice as a process of its own, with a workbook open in it, for programs run under ``uno``.

Needs a Python that has ``uno``; such a program lies in a folder beside this file.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

RUN_MACROS = 4


def prop(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


@contextmanager
def opened(book, profile, *options):
    """Yield the document; LibreOffice is gone afterwards, whatever happens."""
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
        context = _connected(pipe)
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        url = uno.systemPathToFileUrl(book)
        document = desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True), *options))
        yield document
        document.close(True)
        desktop.terminate()
        office.wait(30)
    finally:
        office.kill()


def _connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not start")
