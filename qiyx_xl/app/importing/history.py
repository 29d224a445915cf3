"""Use cases: figures of earlier years, read for a person to confirm, and adopted into the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.core.primitives.legible import legible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.history.earlier_sheets import ConfirmedFigure, EarlierFile
    from qiyx_xl.core.history.earlier_tables import EarlierReading
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.store import Store


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """What the files hold: each with its reading, in the order given."""

    read: tuple[tuple[EarlierFile, EarlierReading], ...]

    @property
    def figures(self) -> int:
        """How many figures were read."""
        return sum(len(reading.figures) for _, reading in self.read)

    @property
    def in_doubt(self) -> int:
        """How many of them a person must look at before they are taken."""
        return sum(not one.is_taken for _, reading in self.read for one in reading.figures)

    @property
    def unmatched(self) -> int:
        """How many rows are no item of the plan."""
        return sum(len(reading.unmatched) for _, reading in self.read)


def import_history(
    office: Office, sources: Sequence[Path], out: Path, today: date
) -> EarlierImport:
    """Read progress tables of earlier years into a workbook to confirm.

    Raises:
        AppError: there is a file at ``out`` already, or no file has a progress table.
        PlanImportError: a file cannot be read.
        OSError: the workbook cannot be written.
    """
    from qiyx_xl.app.ledger import check_free
    from qiyx_xl.core.history.earlier_names import ItemNames
    from qiyx_xl.core.history.earlier_sheets import EarlierFile
    from qiyx_xl.core.history.earlier_tables import read_earlier
    from qiyx_xl.documents.workbooks.earlier_figures import write_earlier_figures
    from qiyx_xl.files.placing import replacing
    from qiyx_xl.intake.documents.apart import read_apart
    from qiyx_xl.intake.workbook.guard import digest_file

    if out.suffix.lower() != ".xlsx":
        raise AppError(f"要确认的数写成 .xlsx，现在是“{out.name}”。请改一个文件名。")
    check_free(out)
    names = ItemNames(office.plans)
    read = []
    for source in sources:
        reading = read_earlier(read_apart(source), office.plans, names)
        name = legible(source.name)
        file = EarlierFile(name, digest_file(source), str(source.resolve()))
        read.append((file, reading))
    found = EarlierImport(tuple(read))
    if not any(reading.tables for _, reading in read):
        raise AppError(
            "没有找到进度表：表头应有“指标”一列，和写着完成数的列（如“2024年完成值”“三季度”）。"
            "请检查文件；扫描件要先转成文字。"
        )
    with replacing(out) as beside:
        write_earlier_figures(beside, read, today, office.plans.latest.words.heading)
    return found


@dataclass(frozen=True, slots=True)
class EarlierAdoption:
    """What was adopted. ``known`` are figures that the log had already, with another value or not.

    ``before`` are the values of the log where they differ, in the order of ``known``.
    """

    records: tuple[Record, ...]
    same: int
    different: tuple[tuple[ConfirmedFigure, Record], ...]
    files: int


def adopt_history(office: Office, confirmed: Path, now: datetime) -> EarlierAdoption:
    """Adopt confirmed figures as records whose source is the old file, sheet and cell.

    A figure that the log has already is never replaced.

    Raises:
        EarlierFiguresError: a row of the workbook cannot be understood.
        AppError: a file is gone or has changed, was adopted before, or a period is closed.
        StoreError: the store cannot be written.
    """
    from qiyx_xl.intake.office_files.earlier_figures import read_confirmed

    figures, files = read_confirmed(confirmed, office.plans)
    if not figures:
        raise AppError("“采用”一栏没有一个“是”，什么都没有记入。请核对以后再试。")
    used = {figure.file for figure in figures}
    paths = {file.sha256: _original(file, confirmed.parent) for file in files if file.name in used}
    with office.open_store() as store, store.writing():
        _check_open(store, {figure.period for figure in figures})
        known = {record.key: record for record in store.current_records()}
        records: dict[str, list[Record]] = {}
        different, same = [], 0
        for figure in figures:
            sha256 = next(file.sha256 for file in files if file.name == figure.file)
            record = _record(figure, sha256)
            before = known.get(record.key)
            if before is not None and before.is_reported:
                if before.actual == record.actual:
                    same += 1
                else:
                    different.append((figure, before))
                continue
            known[record.key] = record
            records.setdefault(sha256, []).append(record)
        for sha256, own in records.items():
            _book(store, paths[sha256], sha256, own, now)
    adopted = tuple(record for own in records.values() for record in own)
    return EarlierAdoption(adopted, same, tuple(different), len(records))


def _original(file: EarlierFile, folder: Path) -> Path:
    """Return where the old file is: where it was read, or beside the workbook in ``folder``.

    Raises:
        AppError: it is gone, or has changed.
    """
    from qiyx_xl.intake.workbook.guard import digest_file

    path = Path(file.path)
    found = {place: digest_file(place) for place in (path, folder / file.name)}
    for place, sha256 in found.items():
        if sha256 == file.sha256:
            return place
    if not any(found.values()):
        raise AppError(
            f"“{file.name}”不在原来的位置（{path.parent}）了。原件要一并存档，请把它放回去再试。"
        )
    raise AppError(f"“{file.name}”在导入以后改动过。请用 qiyx history import 重新读一遍，再确认。")


def _check_open(store: Store, periods: set[Period]) -> None:
    closed = [period for period in sorted(periods) if store.closing(period) is not None]
    if closed:
        raise AppError(
            f"{closed[0].label}已经封账，历年数据没有记入。确要补的，请先用 qiyx reopen 启封，"
            "或在“采用”里把那一期的写“否”。"
        )


def _record(figure: ConfirmedFigure, sha256: str) -> Record:
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.source import Source

    source = Source(figure.file, sha256, figure.sheet, figure.cell)
    return Record(
        code=figure.code,
        period=figure.period,
        agency=figure.agency,
        actual=figure.actual,
        second=figure.second,
        as_written=figure.as_written,
        source=source,
    )


def _book(store: Store, path: Path, sha256: str, records: Sequence[Record], now: datetime) -> None:
    """Book one file's figures as one acceptance, of the last period that it has figures of."""
    from qiyx_xl.core.records.submission import Submission, SubmissionStatus

    if sha256 in store.known_hashes():
        raise AppError(
            f"“{path.name}”的数以前采用过，一份文件只能采用一次。要补别的数，"
            "请把那些行另存成一份新文件，再导入、确认、采用。"
        )
    last = max(record.period for record in records)
    submission = Submission(
        path=str(path),
        sha256=sha256,
        status=SubmissionStatus.ACCEPTED,
        period=last,
        modified=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
        records=tuple(records),
    )
    store.commit(_consolidation(last, submission), {sha256: path}, now)


def _consolidation(last: Period, submission: Submission) -> Consolidation:
    from qiyx_xl.core.consolidation.merge import Consolidation

    return Consolidation(
        period=last, accepted=(submission,), returned=(), unreadable=(), duplicates=(),
        new=submission.records, unchanged=(), revised=(), stale=(), conflicts=(), missing=(),
        records=submission.records,
    )  # fmt: skip
