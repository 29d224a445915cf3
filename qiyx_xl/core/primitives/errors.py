"""Which errors does this package raise? One base class and the tree below it.

Every error whose message is meant for a person derives from ``QiyxError``. A shell shows such a
message unchanged and treats any other exception as a bug::

    QiyxError
    ├── InterruptedAfterBookingError   something is booked, the rest of the work is missing
    ├── PeriodError *                  core/primitives/periods
    ├── OverrideError *                core/rating/period_target
    ├── PlanImportError                core/plan/importing/source
    ├── ClosingError                   core/history/closing
    ├── MatterError                    core/history/matters
    ├── EditionError                   papers/edition
    ├── FrameError *                   vectorized/frame
    ├── PlanError *                    intake/office_files/plan
    ├── PlanTextError                  intake/office_files/json_file
    ├── OfficeFileError                intake/office_files/json_file
    │   ├── CalendarFileError
    │   ├── EarlierFiguresError
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
    │   ├── DamagedLedgerError
    │   └── RefusedError               shells/engine/remote
    ├── FindingsTableError             documents/check_report/table_export
    ├── ReportNameError                documents/check_report/write
    ├── TemplateError                  documents/word/docx
    ├── AppError                       app/errors
    ├── HostError                      shells/hosts/status
    └── FactsError                     shells/cli/computer

Those with a star are a ``ValueError`` too: the Python API raises them for a wrong argument, and
code that reads stored text treats an unreadable period as damaged data.

Signals are no errors and are not in the tree. They leave a computation early, are always caught
inside the package, and are never shown to a person: ``Refused`` (a file must not be read; it
carries a finding), ``Damaged`` (a part is not XML), ``NotSmall`` and ``Unusual`` (another reader
has to read the file), ``TooLargeError`` (a Word document is larger than any that we ask for),
``ForeignMacrosError`` (a ledger's macros are not ours alone and cannot be replaced),
``_TooMuchError`` (a page has too many tables), ``_TooBig`` and ``_NotMarked`` (a returned file is
not marked), ``_NotSharedError`` (a worker does not see a folder), ``_NotTheStoresError`` (carries
an error past the store's own error handling), ``_GoneError`` and ``_RefusedRequestError`` (a
program beside WPS does not answer any more, or may not ask), and ``_Failure`` (an Excel function
returns an Excel error).
"""

from __future__ import annotations


class QiyxError(Exception):
    """Work that could not be done; ``str()`` can be shown to the person who started it.

    ``message`` says in one Chinese sentence what is wrong, ``cure`` what to do about it. The cure
    is empty where the message holds both.
    """

    def __init__(self, message: str = "", cure: str = "") -> None:
        # One argument, so that ``str()`` is the text itself.
        super().__init__(f"{message}{cure}")
        self.message = message
        self.cure = cure


class InterruptedAfterBookingError(QiyxError):
    """Something is booked and stays booked, but the rest of the work is not done.

    The message says what is booked, why the rest is missing, and which command completes it. The
    command line exits with 3, so that nobody mistakes it for 2, "nothing was changed".
    """
