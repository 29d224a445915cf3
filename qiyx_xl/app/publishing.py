"""Use cases: write the papers of a period, all or none, and its reminders."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, Any

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.period_state import current_figures_of, projects_at, tasks_at
from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.records.project_record import NO_PROJECTS
from qiyx_xl.core.tasks.status import task_status
from qiyx_xl.files.placing import placing
from qiyx_xl.papers.gather import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.files.placing import Placement
    from qiyx_xl.papers.edition import Edition
    from qiyx_xl.store import Store

REPORT_SCHEMA = "publish-report/1"

BULLETIN_TEMPLATE = "通报模板.docx"
"""The file name, beside the ledger, of an office's own template of the 通报."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. ``writer`` is ``module:function`` under ``qiyx_xl.documents``.

    ``ranks``: the paper shows ranks, so the next edition's ranks are compared with it.
    """

    key: str
    name: str
    suffix: str
    writer: str
    ranks: bool = False

    def file_name(self, period: Period) -> str:
        """Return its file name, such as 晾晒榜_2026Q3.xlsx."""
        return f"{self.name}_{period}{self.suffix}"

    def write(self, path: Path, edition: Edition) -> None:
        """Write the paper; its module is imported only here, to keep the start fast."""
        module, _, function = self.writer.partition(":")
        write: Callable[[Path, Edition], None] = getattr(
            import_module(f"qiyx_xl.documents.{module}"), function
        )
        write(path, edition)


PAPERS: tuple[Paper, ...] = (
    Paper("scorecard", "晾晒榜", ".xlsx", "scorecard.xlsx:write_scorecard", ranks=True),
    Paper("scorecard", "晾晒榜", ".html", "scorecard.html:write_scorecard_page", ranks=True),
    Paper("bulletin", "通报", ".docx", "word.bulletin:write_bulletin"),
    Paper("reminders", "催报清单", ".xlsx", "workbooks.reminders:write_reminders"),
    Paper("evaluation", "年度评价表", ".xlsx", "workbooks.evaluation:write_evaluation"),
    Paper("cards", "口径卡", ".xlsx", "workbooks.method_cards:write_cards"),
)
"""Every paper of ``publish``, in the order in which they are written and listed."""


@dataclass(frozen=True, slots=True)
class PublishedPaper:
    """A written file; ``seconds`` is how long writing it took."""

    paper: Paper
    path: Path
    sha256: str
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a publication. ``timings`` are stages and seconds, in order.

    ``logged`` is False if no paper with ranks was written, or if the period's last publication
    was the same.
    """

    edition: Edition
    papers: tuple[PublishedPaper, ...]
    logged: bool
    timings: tuple[tuple[str, float], ...]

    def to_json(self) -> dict[str, Any]:
        """Return ``publish --format json`` (schemas/publish-report.schema.json)."""
        edition = self.edition
        return {
            "schema": REPORT_SCHEMA,
            "period": str(edition.period),
            "today": edition.today.isoformat(),
            "plan_version": edition.plan_version,
            "rules_version": edition.rules_version,
            "closed": edition.closing is not None,
            "compared_with": None if edition.previous is None else str(edition.previous.period),
            "logged": self.logged,
            "papers": [
                {
                    "key": written.paper.key,
                    "name": written.paper.name,
                    "path": str(written.path),
                    "sha256": written.sha256,
                    "bytes": written.bytes,
                }
                for written in self.papers
            ],
            "timings": [
                {"stage": stage, "seconds": round(seconds, 3)} for stage, seconds in self.timings
            ],
        }


# --- gathering --------------------------------------------------------------------------------


def edition(office: Office, period: Period, today: date) -> Edition:
    """Gather the content of a period's papers from one consistent state of the store.

    Raises:
        EditionError: the counts do not add up.
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store, store.reading():
        return gathered_from(office, store, period, today)


def gathered_from(office: Office, store: Store, period: Period, today: date) -> Edition:
    """Gather a period's edition from an open store, preferably inside ``reading()``."""
    gathered = gather(
        office.rules,
        period,
        today,
        current_figures_of(office, store),
        closings=store.closings(),
        publications=store.publications(),
        files=store.files(period),
        findings=store.findings(period),
        contacts=store.contacts(),
        projects=projects_at(office, store, period, today),
        tasks=tasks_at(office, store, period, today),
    )
    own = office.ledger.with_name(BULLETIN_TEMPLATE)
    return replace(gathered, template=own) if own.exists() else gathered


# --- writing ----------------------------------------------------------------------------------


def publish(
    office: Office,
    period: Period,
    out: Path,
    today: date,
    *,
    papers: Sequence[Paper] | None = None,
    template: Path | None = None,
) -> Published:
    """Write a period's papers into a folder, all or none, and log the publication.

    The new files replace the old ones together at the end. If one cannot be replaced (it is open
    in Excel), or the publication cannot be logged, all old files stay and nothing is logged.
    Files that a killed run has left half placed are restored by the next run.

    Args:
        office: the plan, the rules and the store.
        period: the period.
        out: the folder; it is created if it does not exist.
        today: the day printed on the papers; it decides which blanks are late.
        papers: the papers to write; all of ``PAPERS`` by default.
        template: the template of the 通报; by default the one beside the ledger, else the
            shipped one.

    Raises:
        EditionError: the counts do not add up.
        OSError: a file cannot be written or replaced.
        StoreError: there is no store, or it cannot be read or written.
    """
    begun = perf_counter()
    with office.open_store(readonly=True) as store, store.reading():
        gathered = gathered_from(office, store, period, today)
    if template is not None:
        gathered = replace(gathered, template=template)
    timings = [("汇集", perf_counter() - begun)]
    with placing() as files:
        written = []
        for paper in PAPERS if papers is None else papers:
            started = perf_counter()
            written.append(_write_paper(paper, files, out, gathered, started))
            timings.append((f"{paper.name}{paper.suffix}", written[-1].seconds))
        started = perf_counter()
        with booking(office) as store:
            ranks = any(file.paper.ranks for file in written)
            logged = ranks and store.book_publication(gathered.publication)
            # The files are placed before the COMMIT, and removed again if it fails.
            files.place()
        timings.append(("就位并记账", perf_counter() - started))
    return Published(gathered, tuple(written), logged, tuple(timings))


class _NotTheStoresError(Exception):
    """Carries an error that is not the store's out of the store's context managers."""


@contextmanager
def booking(office: Office) -> Iterator[Store]:
    """Yield the store inside ``writing()``: booking and papers succeed or fail together.

    An OSError of the papers is raised unchanged; otherwise the store would convert it into a
    StoreError.

    Raises:
        StoreError: the store cannot be opened or written.
    """
    try:
        with office.open_store() as store, store.writing():
            try:
                yield store
            except OSError as error:
                raise _NotTheStoresError from error
    except _NotTheStoresError as stopped:
        raise stopped.__cause__ or stopped from None


def papers_of(keys: Sequence[str]) -> tuple[Paper, ...]:
    """Return the papers with these keys, in the order of ``PAPERS``; all papers for no keys.

    Raises:
        AppError: a key has no paper.
    """
    known = {paper.key for paper in PAPERS}
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise AppError(
            f"没有“{'、'.join(unknown)}”这种材料。--only 请从这些里选：{'、'.join(sorted(known))}。"
        )
    return tuple(paper for paper in PAPERS if not keys or paper.key in keys)


def _write_paper(
    paper: Paper, files: Placement, out: Path, gathered: Edition, started: float
) -> PublishedPaper:
    path = out / paper.file_name(gathered.period)
    with files.new(path) as beside:
        paper.write(beside, gathered)
        content = beside.read_bytes()
    return PublishedPaper(
        paper, path, sha256(content).hexdigest(), len(content), perf_counter() - started
    )


# --- Use case: list overdue reports, with messages to the agencies (催报) -----------------------


def reminders(office: Office, period: Period, today: date) -> Edition:
    """Gather what is overdue for a period: ``edition.reminders``, with the agencies' contacts.

    Before the first consolidation there is a ledger but no store: then everything due is overdue.

    Raises:
        StoreError: there is neither store nor ledger, or the store cannot be read.
    """
    if office.ledger.exists() and not office.has_store():
        nothing = CurrentFigures(office.plans)
        tasks = task_status(office.plan_at(period), NO_PROJECTS, office.rules, period, today)
        return gather(office.rules, period, today, nothing, contacts={}, tasks=tasks)
    return edition(office, period, today)


def write_reminders(found: Edition, out: Path) -> Path:
    """Write the 催报清单: .xlsx has the list and the messages, .txt only the messages.

    Raises:
        AppError: the suffix is neither .xlsx nor .txt.
        OSError: the file cannot be written, for example because it is open in Excel.
    """
    from qiyx_xl.documents.workbooks import reminders as papers
    from qiyx_xl.files.placing import replacing

    writers = {".xlsx": papers.write_reminders, ".txt": papers.write_reminder_text}
    write = writers.get(out.suffix.lower())
    if write is None:
        raise AppError(f"催报清单只能写成 .xlsx 或 .txt，现在是“{out.name}”。请换一个后缀。")
    with replacing(out) as beside:
        write(beside, found)
    return out
