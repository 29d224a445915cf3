"""What can be added to the log: one method for each kind of booking, each all or nothing."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.codec import moment_text
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.files.reasons import reason_of
from qiyx_xl.store.chain import Entry, Rows, keep, last_entry, same_end, seal_of, sealed
from qiyx_xl.store.connecting import connected, is_half_written
from qiyx_xl.store.errors import StoreError, decoding, raising_store_errors
from qiyx_xl.store.journal import NAME as JOURNAL_NAME
from qiyx_xl.store.journal import Journal
from qiyx_xl.store.log import Log
from qiyx_xl.store.originals import REFUSED, Originals
from qiyx_xl.store.plans import INSERT_PLAN, plan_columns
from qiyx_xl.store.projects import (
    INSERT_PROJECT_LIST,
    INSERT_PROJECT_RECORD,
    list_columns,
    matter_columns,
    meeting_columns,
    project_columns,
)
from qiyx_xl.store.rows import (
    closing_columns,
    decision_columns,
    finding_columns,
    publication_columns,
    record_columns,
    saved_text,
    verdict_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.core.consolidation.conflicts import Decision
    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.history.matters import MatterEvent, Meeting
    from qiyx_xl.core.history.publications import Publication
    from qiyx_xl.core.plan.project_list import ProjectList
    from qiyx_xl.core.plan.timeline import Adoption, Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Submission


class Bookings(Log):
    """A log that can be written to, with the folder of originals and the journal beside it.

    Every method may raise StoreError, whose message can be shown to the user. A booking is
    written completely or not at all.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(path, connection)
        self.originals = Originals.beside(path)
        self.refused = Originals(self.originals.folder / REFUSED)
        self._journal = Journal(self.originals.folder / JOURNAL_NAME)
        self._expected: Plans | None = None

    def expect(self, plans: Plans) -> None:
        """Set the plans that every booking goes by.

        The first booking of a store without plans logs them along with itself.
        """
        self._expected = plans

    def _check_plans(self) -> None:
        """Refuse a booking that was computed by plans which are no longer those in force."""
        if self._expected is None:
            return
        wanted = [plan_columns(adoption)[3:7] for adoption in self._expected.adoptions]
        rows = self._select("SELECT since, plan_id, version, sha256 FROM plans ORDER BY plan")
        if rows and rows != wanted:
            raise StoreError(
                "方案刚刚被换过，这次是按换之前的方案算的，没有写入任何内容。请再运行一次。"
            )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Lock out other writers; everything written inside becomes one entry of the chain.

        Read inside it whatever the booking depends on, so that nobody changes it meanwhile. A
        nested call joins the outer transaction. If anything fails before the commit, nothing has
        changed, and files that were copied in are removed.

        Raises:
            StoreBusyError: another program is writing.
            InterruptedAfterBookingError: the booking is committed, but a later step failed.
        """
        if self._connection.in_transaction:
            yield
            return
        with raising_store_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._check_plans()
                yield
                booked = self._sealed()
            except BaseException:
                self._undo()
                raise
            self._commit(booked)
        self.originals.keep_copied_files()
        self.refused.keep_copied_files()
        if booked is not None:
            self._extend(booked)

    def _sealed(self) -> tuple[Entry, bytes] | None:
        """Write the chain entry for the rows that were added; None if there were none."""
        with decoding(self.path):
            rows, before = Rows(self._connection), last_entry(self._connection)
            until = rows.last()
            if same_end(before.rows, until):
                return None
            if self._expected is not None and not until["plans"]:
                first = map(plan_columns, self._expected.adoptions)
                self._connection.executemany(INSERT_PLAN, first)
                until = rows.last()
            booked = sealed(rows, before, until)
        keep(self._connection, booked[0])
        return booked

    def _undo(self) -> None:
        # SQLite may have rolled back already, as on a full disk. If the rollback fails, SQLite
        # repeats it when the file is opened next.
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self.originals.undo()
        self.refused.undo()

    def _commit(self, booked: tuple[Entry, bytes] | None) -> None:
        try:
            self._connection.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            # COMMIT may report an error although the data is committed: read it back.
            is_committed = False if booked is None else self._is_committed(booked[0])
            if is_committed is False:
                self._undo()
                raise
            if is_committed is None:
                raise InterruptedAfterBookingError(
                    f"写数据库“{self.path.name}”时磁盘出错，是否已经记入还不知道。"
                    "请检查磁盘和网络盘连接，再运行 qiyx ledger verify 看记到了哪里；"
                    "同一条命令再运行一次，已记入的不会重复记。"
                ) from error
            with suppress(OSError, sqlite3.Error, StoreError):
                self._append(booked)
            raise InterruptedAfterBookingError(
                f"已记入数据库“{self.path.name}”，只是最后落盘时出错，后面的没有做。"
                "请检查磁盘空间和网络盘连接，再运行一次同一条命令，会接着做完，不会重复记。"
            ) from error

    def _is_committed(self, entry: Entry) -> bool | None:
        """Whether an entry is committed, read over a new connection; None if that fails."""
        try:
            connection = connected(self.path, readonly=True, mend=False)
        except sqlite3.Error as error:
            # The interrupted write is rolled back by whoever opens the file next.
            return False if is_half_written(error) else None
        except OSError:
            return None
        try:
            return seal_of(connection, entry.number) == entry.seal
        except sqlite3.Error:
            return None
        finally:
            connection.close()

    def _extend(self, booked: tuple[Entry, bytes]) -> None:
        try:
            self._append(booked)
        except KeyboardInterrupt as error:
            raise self._not_listed("被中止了") from error
        except StoreError as error:
            raise self._not_listed(str(error).rstrip("。")) from error
        except OSError as error:
            raise self._not_listed(reason_of(error)) from error
        except sqlite3.Error as error:
            raise self._not_listed(str(error)) from error

    def _append(self, booked: tuple[Entry, bytes] | None) -> None:
        """Append the booking to the journal while other writers are locked out."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._journal.extend(self._connection, booked)
        finally:
            self._connection.execute("ROLLBACK")

    def _not_listed(self, reason: str) -> InterruptedAfterBookingError:
        return InterruptedAfterBookingError(
            f"已记入数据库“{self.path.name}”，只是它的第二份“{self._journal.path}”没有续上"
            f"（{reason}）。请检查磁盘空间、权限，关闭打开它的程序，"
            "再运行一次同一条命令，会接着补上，不会重复记。"
        )

    def original(self, sha256: str) -> Path | None:
        """Return the kept copy of an accepted or returned file; None if there is none."""
        return self.originals.find(sha256) or self.refused.find(sha256)

    def commit(
        self, consolidation: Consolidation, originals: Mapping[str, Path], at: datetime
    ) -> int | None:
        """Book a consolidation, all or nothing, and keep the accepted files.

        Args:
            consolidation: computed from this store, preferably inside ``writing()``.
            originals: the paths of the accepted files, by sha256.
            at: now.

        Returns:
            The run's number; None if there was nothing new to book, so nothing was written.

        Raises:
            StoreError: an accepted file has changed since it was checked, or cannot be kept.
        """
        with raising_store_errors(self.path), self.writing():
            known = self.known_hashes()
            accepted = [
                submission
                for submission in consolidation.accepted
                if submission.sha256 not in known
            ]
            taken = {submission.sha256 for submission in accepted} | known
            judged = [
                submission
                for submission in (*consolidation.returned, *consolidation.unreadable)
                if submission.sha256 not in taken and self._is_news(submission)
            ]
            if not accepted and not judged:
                return None
            if accepted and not consolidation.reason:
                self._refuse_if_closed(consolidation.period)
            self.originals.sweep()
            self.refused.sweep()
            kept = {submission.sha256: self._keep(submission, originals) for submission in accepted}
            for submission in judged:
                self._keep_refused(submission, originals)
            self.originals.sync()
            self.refused.sync()
            run = self._add_run(consolidation, len(accepted), at)
            for submission in accepted:
                self._add_submission(run, submission, kept[submission.sha256])
            for submission in judged:
                self._add_submission(run, submission, None)
            return run

    def book_closing(
        self, closing: Closing, ledger: bytes | None = None, suffix: str = ".xlsm"
    ) -> None:
        """Log a closing or a reopening.

        Args:
            closing: made by ``core.history.closing`` from this store's closings, in ``writing()``.
            ledger: the ledger to keep a copy of; ``closing.ledger`` is its sha256.
            suffix: that of the ledger's file.

        Raises:
            StoreError: the copy cannot be kept.
        """
        with raising_store_errors(self.path), self.writing():
            if ledger is not None:
                self.originals.sweep()
                kept = self.originals.keep_bytes(closing.ledger, ledger, suffix)
                self.originals.sync()
                self._add_original(closing.ledger, kept)
            self._connection.execute(
                "INSERT INTO closings (action, at, by, period, reason, plan_version,"
                " rules_version, ledger, lines, rules, projects, plan, tasks)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                closing_columns(closing),
            )

    def book_first_plan(self) -> None:
        """Log the plans that the office goes by, if none is logged yet."""
        with raising_store_errors(self.path), self.writing():
            if self._expected is not None and not self.plans():
                first = map(plan_columns, self._expected.adoptions)
                self._connection.executemany(INSERT_PLAN, first)

    def book_plan(self, adoption: Adoption) -> None:
        """Log that a plan was adopted, after what the office goes by now, if that is not logged."""
        with raising_store_errors(self.path), self.writing():
            self.book_first_plan()
            self._connection.execute(INSERT_PLAN, plan_columns(adoption))

    def book_publication(self, publication: Publication) -> bool:
        """Log a publication; False, and nothing is logged, if the period's last one is the same.

        Preferably inside the same ``writing()`` in which the papers are moved to their folder.
        """
        with raising_store_errors(self.path), self.writing():
            last = [
                earlier for earlier in self.publications() if earlier.period == publication.period
            ][-1:]
            if last and last[0].has_same_content(publication):
                return False
            self._connection.execute(
                "INSERT INTO publications (day, period, plan_version, rules_version, lines,"
                " placings) VALUES (?, ?, ?, ?, ?, ?)",
                publication_columns(publication),
            )
            return True

    def book_meeting(self, meeting: Meeting) -> bool:
        """Log a meeting; False, and nothing is logged, if the day's last one saw the same."""
        with raising_store_errors(self.path), self.writing():
            last = [earlier for earlier in self.meetings() if earlier.day == meeting.day][-1:]
            if last and last[0].has_same_content(meeting):
                return False
            self._connection.execute(
                "INSERT INTO meetings (at, day, period, plan_version, rules_version, lines)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                meeting_columns(meeting),
            )
            return True

    def book_matters(self, events: Iterable[MatterEvent]) -> None:
        """Log changes of matters, computed from this store inside ``writing()``."""
        with raising_store_errors(self.path), self.writing():
            self._connection.executemany(
                "INSERT INTO matter_events (at, by, action, matter, title, agency, deadline,"
                " raised, settled, item, period, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(matter_columns, events),
            )

    def book_projects(self, listed: ProjectList, *, file: str, sha256: str, at: datetime) -> bool:
        """Log the office's lists of projects, as read from a file.

        Returns:
            Whether they differ from the lists in force; if not, nothing is written.
        """
        with raising_store_errors(self.path), self.writing():
            if self.project_list() == listed:
                return False
            self._connection.execute(
                INSERT_PROJECT_LIST, list_columns(listed, file=file, sha256=sha256, at=at)
            )
            return True

    def decide(self, decision: Decision) -> None:
        """Log a decision."""
        with raising_store_errors(self.path), self.writing():
            self._connection.execute(
                "INSERT INTO decisions (kind, at, by, reason, period, code, agency, value, other,"
                " other_value, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                decision_columns(decision),
            )

    def _keep(self, submission: Submission, originals: Mapping[str, Path]) -> Path:
        source = originals.get(submission.sha256)
        if source is None:
            raise StoreError(
                f"找不到“{submission.shown_path}”的原件，这次没有写入任何内容。请再汇总一次。"
            )
        return self.originals.keep(submission.sha256, source)

    def _keep_refused(self, submission: Submission, originals: Mapping[str, Path]) -> None:
        """Keep a returned file, too, as evidence of why it was returned.

        It goes to a folder of its own: no number in the log refers to it, so the office may empty
        that folder. Unreadable files are not kept, because they may be harmful.
        """
        source = originals.get(submission.sha256)
        if source is None or submission.status is not SubmissionStatus.RETURNED:
            return
        with suppress(StoreError):  # changed since it was checked: no longer the returned file
            self.refused.keep(submission.sha256, source)

    def _refuse_if_closed(self, period: Period) -> None:
        """Refuse a booking that was computed before somebody else closed the period."""
        closing = self.closing(period)
        if closing is not None:
            raise StoreError(
                f"{period.label}已于 {closing.at:%Y-%m-%d %H:%M} 封账，这次没有写入任何内容。"
                "确需更正的，请用 --as-revision 说明理由。"
            )

    def _is_news(self, submission: Submission) -> bool:
        last = self._select(
            "SELECT verdict FROM submissions WHERE sha256 = ? ORDER BY submission DESC LIMIT 1",
            (submission.sha256,),
        )
        return last != [(verdict_of(submission),)]

    def _add_run(self, consolidation: Consolidation, accepted: int, at: datetime) -> int:
        cursor = self._connection.execute(
            "INSERT INTO runs (at, period, accepted, returned, unreadable, new, revised,"
            " unchanged, conflicts, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                moment_text(at),
                str(consolidation.period),
                accepted,
                len(consolidation.returned),
                len(consolidation.unreadable),
                len(consolidation.new),
                len(consolidation.revised),
                len(consolidation.unchanged),
                len(consolidation.conflicts),
                consolidation.reason,
            ),
        )
        return int(cursor.lastrowid or 0)

    def _add_submission(self, run: int, submission: Submission, original: Path | None) -> None:
        if original is not None:
            self._add_original(submission.sha256, original)
        cursor = self._connection.execute(
            "INSERT INTO submissions (run, file, sha256, status, agency, period, contact,"
            " saved_at, verdict, original) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                _file_name(submission),
                submission.sha256,
                submission.status.value,
                submission.agency,
                None if submission.period is None else str(submission.period),
                submission.contact,
                saved_text(submission),
                verdict_of(submission),
                None if original is None else submission.sha256,
            ),
        )
        number = cursor.lastrowid
        if original is not None:
            self._connection.executemany(
                "INSERT INTO records (submission, code, period, agency, kind, actual, second,"
                " remark, as_written, sheet, cell, evidence)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((number, *record_columns(record)) for record in submission.records),
            )
            self._connection.executemany(
                INSERT_PROJECT_RECORD,
                ((number, *project_columns(record)) for record in submission.projects),
            )
        self._connection.executemany(
            "INSERT INTO findings (submission, code, severity, message, sheet, cell, header,"
            " value, suggestion) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, *finding_columns(finding)) for finding in submission.findings),
        )

    def _add_original(self, sha256: str, kept: Path) -> None:
        self._connection.execute(
            "INSERT INTO originals (sha256, name, bytes) VALUES (?, ?, ?)"
            " ON CONFLICT (sha256) DO NOTHING",
            (sha256, kept.name, kept.stat().st_size),
        )


def _file_name(submission: Submission) -> str:
    for record in submission.records:
        if record.source is not None:
            return record.source.file
    return submission.shown_name
