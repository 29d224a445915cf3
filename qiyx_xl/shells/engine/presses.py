"""One press of a button of a program that asks over HTTP: question by question, in a thread."""

from __future__ import annotations

import queue
import secrets
import threading
from typing import Any

from qiyx_xl.shells.engine.remote import RefusedError, RemoteBook

SILENCE = 900.0
"""How long a press waits for an answer, and its program for the next question, in seconds."""


class _GoneError(Exception):
    """Nobody answers any more; ends the press."""


class Press(threading.Thread):
    """A button's work: ``following`` gives its next question, or its end."""

    def __init__(self, action: str, silence: float = SILENCE) -> None:
        super().__init__(daemon=True)
        self.id = secrets.token_hex(8)
        self._action, self._silence = action, silence
        self._questions: queue.Queue[dict[str, Any]] = queue.Queue(1)
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue(1)

    def run(self) -> None:
        """Do what the button does."""
        from qiyx_xl.shells import buttons

        try:
            buttons.run(self._action, RemoteBook(self._ask))
        except _GoneError:
            return
        self._questions.put({"done": True})

    def following(self, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        """Take the answer to the last question, and return the next one; ``done`` is the last.

        Raises:
            queue.Empty: the button has not asked for too long.
        """
        if answer is not None:
            self._answers.put(answer, timeout=self._silence)
        return {"press": self.id, **self._questions.get(timeout=self._silence)}

    def _ask(self, question: str, **values: Any) -> Any:
        self._questions.put({"question": question, **values})
        try:
            found = self._answers.get(timeout=self._silence)
        except queue.Empty:
            raise _GoneError from None
        if "error" in found:
            raise RefusedError(str(found["error"])[:200])
        return found.get("answer")
