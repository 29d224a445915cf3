"""A Python of its own beside LibreOffice: it answers on a pipe, one line of JSON each way.

Without arguments it answers cell functions until the pipe closes. With the name of a button it
presses that: it asks about the open workbook, line by line, and ends with ``{"done": true}``.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO


def main(arguments: Sequence[str]) -> None:
    """Answer functions, or press the button that is named."""
    pipe = sys.stdout
    sys.stdout = sys.stderr  # whatever a library prints must not come between the lines
    if arguments:
        _press(arguments[0], sys.stdin, pipe)
    else:
        _answer(sys.stdin, pipe)


def _answer(asked: TextIO, pipe: TextIO) -> None:
    from qiyx_xl.shells.engine.answers import answer

    for line in asked:
        try:
            question = json.loads(line)
            found: dict[str, Any] = {
                "value": answer(
                    question["name"],
                    question["cells"],
                    question.get("workbook", ""),
                    question.get("plan", ""),
                )
            }
        except Exception as error:  # noqa: BLE001 - one bad question must not end the others
            found = {"error": type(error).__name__}
        _say(pipe, found)


def _press(action: str, answers: TextIO, pipe: TextIO) -> None:
    from qiyx_xl.shells import buttons
    from qiyx_xl.shells.engine.remote import RefusedError, RemoteBook

    def ask(question: str, **values: Any) -> Any:
        _say(pipe, {"question": question, **values})
        line = answers.readline()
        if not line:
            raise SystemExit  # the program is gone: nobody is there to be told
        found = json.loads(line)
        if "error" in found:
            raise RefusedError(str(found["error"]))
        return found.get("answer")

    buttons.run(action, RemoteBook(ask))
    _say(pipe, {"done": True})


def _say(pipe: TextIO, message: dict[str, Any]) -> None:
    # Pure ASCII, whatever the pipe's encoding is.
    pipe.write(json.dumps(message) + "\n")
    pipe.flush()
