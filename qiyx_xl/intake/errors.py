"""The exceptions of this package: a file that is refused, and an incomplete installation.

``Refused`` is raised and caught inside this package; its finding becomes part of the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding


class Refused(Exception):  # noqa: N818 - not a failure of ours: the file is not to be read
    """The file cannot be read, or not safely; ``finding`` gives the reason and the cure."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


# --- A missing part of the program: no file is the cause, so the whole run ends -----------------

# The names of packages, where they differ from the names of their modules.
_DISTRIBUTIONS = {
    "docx": "python-docx",
    "jsonschema_rs": "jsonschema-rs",
    "msoffcrypto": "msoffcrypto-tool",
    "pyopenvba": "pyOpenVBA",
    "python_calamine": "python-calamine",
    "xlsxwriter": "XlsxWriter",
}


class BrokenInstallationError(QiyxError):
    """The installation is incomplete; the message names the missing part and the cure."""


def incomplete(error: ImportError) -> BrokenInstallationError:
    """Return the error to show for an import that failed."""
    name = (error.name or "").partition(".")[0]
    if name in {"", "qiyx_xl"}:
        what = f"程序自身的文件不全（{error.name or error}）"
    else:
        what = f"程序不完整：缺少组件 {_DISTRIBUTIONS.get(name, name)}，或它已损坏"
    return BrokenInstallationError(
        f"{what}。请在源码文件夹里重新安装：python -m pip install --force-reinstall . ；"
        "不能上网的电脑请再运行一遍离线安装包里的 install.bat。"
    )
