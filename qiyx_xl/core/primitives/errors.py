"""The errors of this package: one base, and the tree below it.

Every error whose message is meant for a person derives from ``QiyxError``, so that a shell can
show it as it stands and treats anything else as a bug::

    QiyxError
    ├── InterruptedAfterBookingError   something is booked, the rest of the work is missing
    ├── PeriodError *                  core/primitives/periods
    ├── OverrideError *                core/rating/period_target
    ├── PlanImportError                core/plan/importer
    ├── ClosingError                   core/history/closing
    ├── MatterError                    core/history/matters
    ├── EditionError                   papers/edition
    ├── FrameError *                   vectorized/frame
    ├── PlanError *                    intake/office_files/plan
    ├── PlanTextError                  intake/office_files/json_file
    ├── OfficeFileError                intake/office_files/json_file
    │   ├── CalendarFileError
    │   ├── MatterFileError
    │   ├── ProjectListError
    │   └── RuleFileError
    ├── RemoteError                    intake/collect/remote
    ├── BrokenInstallationError        intake/errors
    ├── ClusterError                   intake/workers/cluster
    ├── StoreError                     store/errors
    │   ├── StoreBusyError
    │   ├── LostStoreError
    │   ├── JournalBrokenError
    │   └── OlderStoreError
    ├── LedgerError                    ledger/errors
    │   └── DamagedLedgerError
    ├── FindingsTableError             documents/check_report/table_export
    ├── ReportNameError                documents/check_report/write
    ├── TemplateError                  documents/word/docx
    ├── AppError                       app/office
    └── FactsError                     shells/cli/doctor

Those with a star are a ``ValueError`` too: the Python API raises them for a wrong argument, and
readers of stored text take an unreadable period for damage.

Signals are no errors and stay outside the tree. They are raised in order to leave a computation
early, are always caught inside the package, and no person reads them: ``Refused`` (a file is not
to be read; it carries a finding), ``Damaged`` (a part is no XML), ``NotSmall`` and ``Unusual``
(another reader is to be asked), ``_TooBig`` and ``_NotMarked`` (a returned file is not marked),
``_NotSharedError`` (a worker does not see a folder), ``_NotTheStoresError`` (carries an error out
of the store's own handling of errors) and ``_Failure`` (the answer of an Excel function is an
Excel error).
"""

from __future__ import annotations


class QiyxError(Exception):
    """Work that could not be done; ``str()`` is fit to show to the person who asked for it.

    ``message`` says in one Chinese sentence what is wrong, ``cure`` what to do about it. The cure
    is empty where the message holds both.
    """

    def __init__(self, message: str = "", cure: str = "") -> None:
        # One argument, so that ``str()`` is the text itself.
        super().__init__(f"{message}{cure}")
        self.message = message
        self.cure = cure


class InterruptedAfterBookingError(QiyxError):
    """Something is booked and stands, and the rest of the work is not done.

    The message says what stands, why the rest is missing, and which command completes it. The
    command line ends with 3, so that nobody takes it for "nothing was changed" (2).
    """
