"""Message boxes: read what they say and press OK or 是, as a person would."""

from __future__ import annotations

import ctypes
import threading
from typing import Self

import win32con
import win32gui

_DIALOG = "#32770"
_PAUSE = 0.1


class MessageBoxes:
    """While it is entered, every message box is read and answered; ``texts`` keeps them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        answered: set[int] = set()
        while not self._ended.wait(_PAUSE):
            for box in _dialogs() - answered:
                # A box that has just come up has no text yet.
                if text := _text(box):
                    answered.add(box)
                    self.texts.append(text)
                    win32gui.PostMessage(box, win32con.WM_COMMAND, _agreeing(box), 0)


def _agreeing(box: int) -> int:
    """Return the button that agrees: 是 if the box asks, else OK."""
    asks = ctypes.windll.user32.GetDlgItem(box, win32con.IDYES)  # type: ignore[attr-defined]
    return win32con.IDYES if asks else win32con.IDOK


def _dialogs() -> set[int]:
    windows: list[int] = []
    win32gui.EnumWindows(lambda window, _: windows.append(window), None)
    return {window for window in windows if win32gui.GetClassName(window) == _DIALOG}


def _text(box: int) -> str:
    """Return what a box says: the longest of its texts, the words on its buttons left out."""
    texts = [""]

    send = ctypes.windll.user32.SendMessageW  # type: ignore[attr-defined]

    def keep(child: int, _: object) -> bool:
        if win32gui.GetClassName(child) == "Button":
            return True
        length = send(child, win32con.WM_GETTEXTLENGTH, 0, 0)
        buffer = ctypes.create_unicode_buffer(length + 1)
        send(child, win32con.WM_GETTEXT, length + 1, buffer)
        texts.append(buffer.value)
        return True

    win32gui.EnumChildWindows(box, keep, None)
    return max(texts, key=len)
