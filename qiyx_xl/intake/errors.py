"""How reading a file ends early: one finding, carried by an exception inside this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding


class Refused(Exception):  # noqa: N818 - not a failure of ours: the file is not to be read
    """The file cannot be read, or not safely; ``finding`` says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


# --- When a part of the program itself is missing: that is no file's fault, and ends the run ----

# Where a package is called otherwise than what is imported.
_DISTRIBUTIONS = {
    "docx": "python-docx",
    "jsonschema_rs": "jsonschema-rs",
    "msoffcrypto": "msoffcrypto-tool",
    "pyopenvba": "pyOpenVBA",
    "python_calamine": "python-calamine",
    "xlsxwriter": "XlsxWriter",
}


class BrokenInstallationError(QiyxError):
    """The program cannot work as it is installed; its message says what is missing and the cure."""


def incomplete(error: ImportError) -> BrokenInstallationError:
    """Return an import that failed as the sentence to show."""
    name = (error.name or "").partition(".")[0]
    if name in {"", "qiyx_xl"}:
        what = f"程序自身的文件不全（{error.name or error}）"
    else:
        what = f"程序不完整：缺少组件 {_DISTRIBUTIONS.get(name, name)}，或它已损坏"
    return BrokenInstallationError(
        f"{what}。请在源码文件夹里重新安装：python -m pip install --force-reinstall . ；"
        "不能上网的电脑请再运行一遍离线安装包里的 install.bat。"
    )
