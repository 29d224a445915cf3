"""Every error meant for a person is in one tree; what is outside is a signal, listed by name."""

from __future__ import annotations

import pickle
import pkgutil
from importlib import import_module

import pytest

import qiyx_xl
from qiyx_xl.core.primitives import errors
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.intake.office_files.calendar import CalendarFileError

SIGNALS = {
    "Damaged",
    "ForeignMacrosError",
    "NotSmall",
    "Refused",
    "TooLargeError",
    "Unusual",
    "_Failure",
    "_GoneError",
    "_NotMarked",
    "_NotSharedError",
    "_NotTheStoresError",
    "_RefusedRequestError",
    "_TooBig",
    "_TooMuchError",
}
"""Exceptions that no person reads: they are caught inside the package."""

_NOT_IMPORTED = {
    "qiyx_xl.__main__",  # it runs the command line
    "qiyx_xl.shells.doctor.probe_windows",  # it asks Windows
}


def exceptions_of_the_package() -> set[type[BaseException]]:
    found: set[type[BaseException]] = set()
    for module in pkgutil.walk_packages(qiyx_xl.__path__, "qiyx_xl."):
        if module.name in _NOT_IMPORTED:
            continue
        for value in vars(import_module(module.name)).values():
            if (
                isinstance(value, type)
                and issubclass(value, BaseException)
                and value.__module__.startswith("qiyx_xl.")
            ):
                found.add(value)
    return found


def test_every_exception_is_in_the_tree_or_a_signal() -> None:
    outside = {
        one.__name__ for one in exceptions_of_the_package() if not issubclass(one, QiyxError)
    }
    assert outside == SIGNALS


def test_the_docstring_draws_the_whole_tree_and_names_every_signal() -> None:
    drawn = errors.__doc__ or ""
    tree, _, signals = drawn.partition("Signals are no errors")
    words = set(tree.replace("*", " ").split())
    assert {
        one.__name__ for one in exceptions_of_the_package() if issubclass(one, QiyxError)
    } <= words
    assert all(f"``{name}``" in signals for name in SIGNALS)


def test_an_error_says_what_is_wrong_and_then_the_cure() -> None:
    error = QiyxError("台账打不开。", "请关闭它再试。")
    assert str(error) == "台账打不开。请关闭它再试。"
    assert (error.message, error.cure) == ("台账打不开。", "请关闭它再试。")


def test_a_message_may_hold_its_cure() -> None:
    error = QiyxError("台账打不开，请关闭它再试。")
    assert (str(error), error.message, error.cure) == (
        "台账打不开，请关闭它再试。",
        "台账打不开，请关闭它再试。",
        "",
    )


def test_an_error_keeps_its_parts_on_the_way_between_processes() -> None:
    sent = pickle.dumps(QiyxError("收件读不了。", "请重新报送。"))
    error = pickle.loads(sent)  # noqa: S301 - made in the line above
    assert (str(error), error.message, error.cure) == (
        "收件读不了。请重新报送。",
        "收件读不了。",
        "请重新报送。",
    )


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        (["第 1 行没有日期"], "第 1 行没有日期"),
        (["一", "二", "三", "四", "五", "六"], "一；二；三；四；五；另有 1 处"),
    ],
)
def test_a_file_that_cannot_be_used_names_its_problems_and_then_the_cure(
    problems: list[str], said: str
) -> None:
    error = CalendarFileError("放假.csv", problems)
    assert error.message == f"放假安排“放假.csv”不能用：{said}。"
    assert error.cure == "请改好后再试，写法见 docs/remind.md。"
    assert str(error) == error.message + error.cure
