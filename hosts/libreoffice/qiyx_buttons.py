"""The buttons in LibreOffice: ``service:QIYX.Buttons?validate`` presses one.

The work is done in a Python of its own, which asks about the open workbook, question by question.
"""

import sys

import qiyx_calc
import qiyx_engine
import unohelper
from com.sun.star.task import XJobExecutor

NAME = "QIYX.Buttons"


class Buttons(unohelper.Base, XJobExecutor):
    """What the toolbar and the menu call."""

    def __init__(self, context):
        self._context = context

    def trigger(self, action):
        desktop = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", self._context
        )
        document = desktop.getCurrentComponent()
        if document is None or not hasattr(document, "Sheets"):
            return
        press(action, qiyx_calc.CalcBook(self._context, document))


def press(action, book):
    """Press a button on an open workbook."""
    limits = qiyx_engine.settings_once()["seconds"]
    process = None
    try:
        process = qiyx_engine.Process(action)
        while True:
            asked = process.hear(limits["button"])
            if asked.get("done"):
                break
            try:
                told = {"answer": book.answer(asked)}
            except Exception as wrong:
                qiyx_engine.note(sys.exc_info())
                told = {"error": str(getattr(wrong, "Message", None) or wrong or "?")[:200]}
            process.say(told)
    except (qiyx_engine.Asleep, OSError):
        book.be_normal()
        book.show_status(None)
        book.alert(
            "按钮没有做完：这台电脑上的 qiyx-xl 没有应答。请请技术人员运行 qiyx doctor 和 "
            "qiyx host status，照它说的处理后重启 LibreOffice，再点一次。",
            qiyx_engine.settings_once()["title"],
        )
    finally:
        if process is not None:
            process.end()
        book.finish()


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Buttons, NAME, ("com.sun.star.task.Job",))
