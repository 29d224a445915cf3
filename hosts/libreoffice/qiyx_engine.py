"""The Python beside LibreOffice that knows the plan: started, asked with a limit of time, ended.

Every question and answer is one line of JSON. A process that does not answer in time is killed, and
for a while no cell tries to start it again, so that a dead engine costs one wait and not one for
each cell.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
START = (
    "import sys;from importlib.util import find_spec as f;r=sys.argv[1];s=f('qiyx_xl');"
    "(s and s.submodule_search_locations[0].startswith(r)) or sys.path.insert(0,r);"
    "from qiyx_xl.shells.engine import worker;worker.main(sys.argv[2:])"
)
NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW
# What LibreOffice sets for its own Python, which may be another one.
NOT_HANDED_ON = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "LD_LIBRARY_PATH")
LOG = "qiyx-libreoffice.log"


class Asleep(Exception):
    """The engine does not answer."""


def settings():
    """Return what the extension was made with: functions, the engine's Python, limits of time."""
    with open(os.path.join(HERE, "settings.json"), encoding="utf-8") as file:
        return json.load(file)


def note(found):
    """Write an error down for technicians."""
    path = os.path.join(tempfile.gettempdir(), LOG)
    with open(path, "w", encoding="utf-8") as file:
        traceback.print_exception(*found, file=file)
    return path


class Process:
    """One Python, and the lines that it writes."""

    def __init__(self, *arguments):
        given = settings()
        flags = {"creationflags": NO_WINDOW} if sys.platform == "win32" else {}
        clean = {key: os.environ[key] for key in os.environ if key not in NOT_HANDED_ON}
        clean["PYTHONIOENCODING"] = "utf-8"
        self._process = subprocess.Popen(
            [given["python"], "-P", "-B", "-c", START, given["root"]] + list(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=HERE,
            env=clean,
            **flags,
        )
        self._lines = queue.Queue()
        reader = threading.Thread(target=self._read)
        reader.daemon = True
        reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def say(self, message):
        try:
            self._process.stdin.write((json.dumps(message) + "\n").encode("ascii"))
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise Asleep("it is gone")

    def hear(self, seconds):
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise Asleep("no answer in time")
        if not line:
            raise Asleep("it is gone")
        try:
            return json.loads(line.decode("ascii"))
        except ValueError:
            raise Asleep("no answer, but something else")

    def end(self):
        try:
            self._process.kill()
            self._process.wait()
        except OSError:
            pass


class Engine:
    """What answers cell functions: one process, started by the first question."""

    def __init__(self):
        self._process = None
        self._not_before = 0.0
        self._lock = threading.Lock()

    def ask(self, name, cells, workbook, plan):
        """Return what a function answers.

        Raises:
            Asleep: nothing answers, or did not a moment ago.
        """
        with self._lock:
            limits = settings_once()["seconds"]
            if self._process is None:
                if time.monotonic() < self._not_before:
                    raise Asleep("a moment ago it did not answer")
                limit = limits["start"]
            else:
                limit = limits["answer"]
            try:
                if self._process is None:
                    self._process = Process()
                self._process.say(
                    {"name": name, "cells": cells, "workbook": workbook, "plan": plan}
                )
                found = self._process.hear(limit)
            except (Asleep, OSError) as wrong:
                if self._process is not None:
                    self._process.end()
                    self._process = None
                self._not_before = time.monotonic() + limits["pause"]
                raise Asleep(str(wrong))
        if "error" in found:
            raise ValueError(found["error"])
        return found["value"]


_KEPT = []


def settings_once():
    """Return the settings, read once."""
    if not _KEPT:
        _KEPT.append(settings())
    return _KEPT[0]
