"""Use case: verify store, journal, originals and ledger, each alone and against each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from qiyx_xl.app.custody.maintenance import period_of
from qiyx_xl.app.custody.reread import USUAL_FILES, Reread, reread
from qiyx_xl.app.ledger import view_within
from qiyx_xl.core.records.anchor import Anchor

if TYPE_CHECKING:
    from qiyx_xl.app.office import Office
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.inspect.verify import Mismatch
    from qiyx_xl.store import Store
    from qiyx_xl.store.custody import Examined

VERIFY_SCHEMA = "ledger-verify/2"
_ON_DISK = "whole"


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """The condition of store, journal, originals or ledger, with its problems and the cure.

    ``state`` is ``whole``, ``damaged``, ``missing``, ``behind`` (undamaged, but the others have
    later bookings), ``apart`` (undamaged, but with other bookings), ``ahead`` (a ledger written
    from a store with later bookings), or ``unchecked`` (there is no undamaged store to compare
    it with).
    """

    state: str
    problems: tuple[str, ...] = ()
    cure: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the part's JSON for the report."""
        return {"state": self.state, "problems": list(self.problems), "cure": self.cure or None}


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The result of ``verify_ledger``.

    ``lost``, ``damaged`` and ``unknown`` are file names of originals. If the store has later
    bookings than the ledger, the ledger's cells are not compared.
    """

    office: Office
    period: Period | None
    today: date
    written: Anchor
    position: str
    store: CheckedPart
    journal: CheckedPart
    originals: CheckedPart
    ledger: CheckedPart
    cells: int = 0
    mismatches: tuple[Mismatch, ...] = ()
    lost: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    read: Reread = field(default_factory=Reread)

    @property
    def is_stale(self) -> bool:
        """Whether the store has bookings made after the ledger was written."""
        return self.ledger.state == "behind"

    @property
    def is_clean(self) -> bool:
        """Whether all four parts are undamaged and agree."""
        parts = (self.store, self.journal, self.originals, self.ledger)
        return all(part.state == _ON_DISK for part in parts) and not self.read.differences

    def to_json(self) -> dict[str, Any]:
        """Return ``ledger verify --format json`` (schemas/ledger-verify.schema.json)."""
        return {
            "schema": VERIFY_SCHEMA,
            "ledger": str(self.office.ledger),
            "period": None if self.period is None else str(self.period),
            "today": self.today.isoformat(),
            "stale": self.is_stale,
            "cells": self.cells,
            "parts": {
                "store": self.store.to_json(),
                "journal": self.journal.to_json(),
                "originals": self.originals.to_json(),
                "ledger": self.ledger.to_json(),
            },
            "mismatches": [
                {
                    "kind": mismatch.kind.value,
                    "sheet": mismatch.sheet,
                    "cell": mismatch.cell or None,
                    "header": mismatch.header or None,
                    "item": mismatch.item or None,
                    "expected": mismatch.expected,
                    "found": mismatch.found,
                    "message": str(mismatch),
                }
                for mismatch in self.mismatches
            ],
            "originals": {
                "lost": list(self.lost),
                "damaged": list(self.damaged),
                "unknown": list(self.unknown),
            },
            "reread": {
                "files": self.read.files,
                "of": self.read.files_known,
                "values": self.read.values,
                "unread": self.read.unread,
                "differences": list(self.read.differences),
            },
        }


def verify_ledger(office: Office, today: date, *, most: int | None = USUAL_FILES) -> LedgerCheck:
    """Check store, journal, originals and ledger; nothing is written.

    Args:
        office: the plan, the rules, the ledger and the store.
        today: the day on which blanks are judged, if the ledger does not name one.
        most: how many originals are read again; None for all.

    Raises:
        LedgerError: the file is not a ledger of this program, or one of its sheets or columns is
            missing.
        StoreError: there has never been a store, or another program is writing.
        OSError: there is neither a ledger nor a store.
    """
    from qiyx_xl.store import Store, StoreError

    opened, broken = _opened(office)
    written = Anchor("") if opened is None else _anchor_of(opened)
    if not Store.is_there(office.store) and not Store.traces(office.store) and written.is_empty:
        office.open_store(readonly=True)  # raises the error that says what to do
    found = Store.examine(office.store)
    truth: Store | None = None
    try:
        truth = _truth(office, found)
        with truth.reading():
            return _checked(office, today, most, found, opened, broken, truth)
    except StoreError as error:
        if truth is not None:
            raise
        return _without_truth(office, today, found, opened, broken, str(error))
    finally:
        if truth is not None:
            truth.close()


def _opened(office: Office) -> tuple[OpenedLedger | None, CheckedPart]:
    """Return the opened ledger, or None with a part that says what is wrong with the file."""
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.inspect.verify import package_problems

    name = office.ledger.name
    if not office.ledger.exists():
        if not office.store.exists():
            office.ledger.read_bytes()  # the path is probably mistyped: raises FileNotFoundError
        cure = "请运行 qiyx ledger rebuild 照数据库重新写一本，或从旁边的备份文件夹放回一份"
        return None, CheckedPart("missing", (f"“{name}”不见了",), cure)
    data = office.ledger.read_bytes()
    problems = package_problems(data, name)
    if problems:
        cure = (
            "请先从旁边的备份文件夹放回最近一份再刷新；没有备份的，运行 qiyx ledger rebuild"
            "（坏的会改名保留，台账上自己写的批注要照它抄回来）"
        )
        return None, CheckedPart("damaged", problems, cure)
    return OpenedLedger(data, name), CheckedPart("whole")


def _anchor_of(ledger: OpenedLedger) -> Anchor:
    from qiyx_xl.ledger.layout import tables as layout

    return Anchor.parse(ledger.setting(layout.POSITION_SETTING))


def _truth(office: Office, found: Examined) -> Store:
    """Return the log that the ledger is compared with: the store, or if damaged, the journal."""
    from qiyx_xl.store import Store
    from qiyx_xl.store.custody import Health

    if found.store in (Health.WHOLE, Health.APART):
        return Store.open(office.store, readonly=True, alone=True)
    return Store.replayed(office.store)


def _checked(
    office: Office,
    today: date,
    most: int | None,
    found: Examined,
    opened: OpenedLedger | None,
    broken: CheckedPart,
    truth: Store,
) -> LedgerCheck:
    from qiyx_xl.ledger.content.identity import is_of_other_plan
    from qiyx_xl.ledger.inspect.typed_choices import read_choices
    from qiyx_xl.ledger.inspect.verify import Verification
    from qiyx_xl.ledger.inspect.verify import verify_ledger as verify
    from qiyx_xl.ledger.layout import tables as layout
    from qiyx_xl.store.custody import Health

    anchor = truth.anchor()
    lost, damaged, unknown = truth.strays()
    read = reread(office, truth, most)
    written, day, period, ledger = Anchor(""), today, None, broken
    result = Verification(0, ())
    if opened is not None:
        written = _anchor_of(opened)
        period = period_of(opened.shown_period(), office.ledger.name)
        day = _day_of(opened.setting(layout.TODAY_SETTING), today)
        if not truth.has(written):
            is_whole = found.store in (Health.WHOLE, Health.APART)
            words = "数据库坏了，清单又没有台账写成时那么新，没有逐格核对"
            ledger = _ahead(written, anchor) if is_whole else CheckedPart("unchecked", (words,))
        elif written.position != anchor.position:
            ledger = _behind(office, found)
        else:
            view = view_within(office, truth, period, day, read_choices(office.ledger))
            # Earlier versions wrote only the position into the ledger.
            view = view if written.entry else replace(view, position=written.position)
            if is_of_other_plan(opened.identity, view):
                ledger = _of_other_plan(office, found, opened, view)
            else:
                result = verify(opened, view)
                ledger = _compared(office, found, len(result.mismatches))
    return LedgerCheck(
        office,
        period,
        day,
        written,
        anchor.position,
        _store_part(found, read),
        _journal_part(found),
        _originals_part(lost, damaged, unknown),
        ledger,
        result.cells,
        result.mismatches,
        lost,
        damaged,
        unknown,
        read,
    )


def _without_truth(
    office: Office,
    today: date,
    found: Examined,
    opened: OpenedLedger | None,
    broken: CheckedPart,
    reason: str,
) -> LedgerCheck:
    """Return the result when neither store nor journal can be read."""
    unchecked = "没有完好的数据库或清单，没有逐格核对"
    ledger = broken if opened is None else CheckedPart("unchecked", (unchecked,))
    store, journal = _store_part(found, Reread()), _journal_part(found)
    if not journal.problems:
        journal = replace(journal, problems=(reason.rstrip("。"),))
    period = None if opened is None else period_of(opened.shown_period(), office.ledger.name)
    originals = CheckedPart("unchecked", ("没有完好的数据库或清单，不知道应有哪些原件",))
    written = Anchor("") if opened is None else _anchor_of(opened)
    return LedgerCheck(office, period, today, written, "", store, journal, originals, ledger)


# --- the parts -------------------------------------------------------------------------------

_NO_REFRESH = "在那之前不要刷新，刷新会把错的写进台账"
_REBUILD = "请运行 qiyx ledger rebuild，照清单重建（现在的数据库改名保留）"
_MAKE_ANEW = "请运行 qiyx ledger rebuild，照清单重建"


def _store_part(found: Examined, read: Reread) -> CheckedPart:
    problems = tuple(found.store_problems)
    match found.store.value:
        case "whole":
            if not read.differences:
                return CheckedPart("whole")
            cure = (
                "数据库自身完好；请对照原件核对这些数。是程序读法变了的，以原件为准请单位更正后再报"
            )
            return CheckedPart("whole", read.differences, cure)
        case "apart":
            cure = "请认定哪一份是真的，把另一份移走，再运行 qiyx ledger rebuild"
        case "behind":
            cure = f"{_REBUILD}；{_NO_REFRESH}"
        case _ if found.journal.value in ("whole", "behind"):
            short = (
                f"；清单比它少 {found.entries - found.journaled} 次记入，重建后会少这些"
                if found.entries > found.journaled
                else ""
            )
            rebuild = _MAKE_ANEW if found.store.value == "missing" else _REBUILD
            cure = f"{rebuild}；{_NO_REFRESH}{short}"
        case _:
            cure = (
                "清单也不能用：请从备份恢复数据库或“原件”文件夹；"
                f"没有备份的，运行 qiyx ledger rebuild 看还能恢复什么；{_NO_REFRESH}"
            )
    return CheckedPart(found.store.value, problems, cure)


def _journal_part(found: Examined) -> CheckedPart:
    problems = tuple(found.journal_problems)
    whole_store = found.store.value == "whole"
    match found.journal.value:
        case "missing" if not problems and whole_store:
            return CheckedPart("whole")  # nothing was ever booked
        case "missing":
            problems = problems or ("清单不见了",)
            cure = "下一次写入时照数据库重新写" if whole_store else "请从备份恢复它"
            return CheckedPart("missing", problems, cure)
        case "whole" if not problems:
            return CheckedPart("whole")
        case "whole":
            cure = "下一次写入时照数据库补齐" if whole_store else "重建时没写完的行另存，不收"
            return CheckedPart("behind", problems, cure)
        case "behind":
            cure = "下一次写入时照数据库补齐" if whole_store else "请从备份恢复数据库"
        case "apart":
            cure = "请认定哪一份是真的，把另一份移走，再运行 qiyx ledger rebuild"
        case _ if whole_store:
            cure = "数据库完好：请运行 qiyx ledger rebuild，坏的清单改名保留，照数据库重写一份"
        case _:
            cure = "请从备份恢复它"
    return CheckedPart(found.journal.value, problems, cure)


def _originals_part(
    lost: tuple[str, ...], damaged: tuple[str, ...], unknown: tuple[str, ...]
) -> CheckedPart:
    problems = [f"原件缺失：{name}" for name in lost]
    problems += [f"原件被改动过：{name}" for name in damaged]
    problems += [f"原件在，数据库里没有记：{name}" for name in unknown]
    cures = []
    if lost or damaged:
        cures.append(
            "数在数据库里，没有丢；请从备份恢复这些文件，或请单位把同一份文件再报一次（会补上原件）"
        )
    if unknown:
        cures.append(
            "数据库里没有记的，可能是中断留下的，也可能是数据库丢了那一批："
            "请核对后用 qiyx consolidate 重新汇总这些文件，不要的移走"
        )
    state = "damaged" if damaged else "missing" if lost else "apart" if unknown else "whole"
    return CheckedPart(state, tuple(problems), "；".join(cures))


def _ahead(written: Anchor, anchor: Anchor) -> CheckedPart:
    words = (
        f"台账是照更新的或另一个数据库写的：台账写成时已有{written.words}，"
        f"现在的数据库里是{anchor.words}"
    )
    cure = (
        "多半是放回了旧的数据库：请从备份放回最近的数据库和“原件”文件夹；"
        "没有的，运行 qiyx ledger rebuild（现在的台账另存一份）"
    )
    return CheckedPart("ahead", (words,), cure)


def _behind(office: Office, found: Examined) -> CheckedPart:
    words = "数据库在台账写成之后又有变动，没有逐格核对"
    return CheckedPart("behind", (words,), _refresh(office, found, "，再核对一次"))


def _of_other_plan(
    office: Office, found: Examined, opened: OpenedLedger, view: LedgerView
) -> CheckedPart:
    """Return that the ledger shows another plan than the one in force at its period.

    So it is after another 数据期 was chosen in Excel, from which on a revised plan holds.
    """
    words = (
        f"台账上的行和目标是照方案 {opened.identity.get('plan_version', '')} 版写的，"
        f"{view.period.label}有效的却是 {view.plan.version} 版，没有逐格核对"
    )
    return CheckedPart("behind", (words,), _refresh(office, found, "，再核对一次"))


def _compared(office: Office, found: Examined, differences: int) -> CheckedPart:
    if not differences:
        return CheckedPart("whole")
    words = f"有 {differences} 处与数据库不同"
    return CheckedPart("damaged", (words,), _refresh(office, found, "即改回"))


def _refresh(office: Office, found: Examined, then: str) -> str:
    if found.store.value == "whole":
        return f"以数据库为准的，运行 qiyx ledger refresh {office.ledger.name} {then}".replace(
            " ，", "，"
        )
    return "请先照上面说的把数据库恢复好，再刷新"


def _day_of(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
