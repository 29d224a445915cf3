from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qiyx_xl.shells.doctor import judge
from qiyx_xl.shells.doctor.check_security import CHILD_PROCESS_RULE
from qiyx_xl.shells.doctor.facts import (
    ConfigFile,
    DllFacts,
    Environment,
    LedgerFacts,
    OfficeFacts,
    PlanFacts,
    PythonFacts,
    SecurityFacts,
    StartFacts,
    TrustedLocation,
    TrustFacts,
    WindowsFacts,
    XlwingsFacts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.shells.doctor.report import Answer

HOME = "D:\\qiyx\\python"
LEDGER = "D:\\台账 目录\\七优享台账.xlsm"


@pytest.fixture
def office_pc() -> Environment:
    """An office PC on which everything is as it should be."""
    return Environment(
        system="Windows",
        python=PythonFacts((3, 12, 7), 64, f"{HOME}\\python.exe"),
        xlwings=XlwingsFacts(
            "0.37.8",
            "0.37.8",
            {
                "32": DllFacts(f"{HOME}\\xlwings32-0.37.8.dll", "a" * 64, as_installed=True),
                "64": DllFacts(f"{HOME}\\xlwings64-0.37.8.dll", "b" * 64, as_installed=True),
            },
        ),
        ledger=LedgerFacts(
            LEDGER,
            "0.37.8",
            uses_addin=False,
            settings={"UDF MODULES": "qiyx_xl.shells.udfs", "USE UDF SERVER": "True"},
            drive="local",
            plan=PlanFacts("beilun-2023-2027", "七优享工程实施方案", "2023.2", from_store=True),
        ),
        folder_config=None,
        user_config=ConfigFile(
            "C:\\Users\\li\\.xlwings\\xlwings.conf", {"INTERPRETER_WIN": f"{HOME}\\python.exe"}
        ),
        interpreter_exists=True,
        windows=WindowsFacts(
            release="Windows-10",
            code_page=936,
            office=OfficeFacts(
                excel_server='"C:\\Program Files\\Microsoft Office\\Root\\EXCEL.EXE" /automation',
                excel_exists=True,
                bits=64,
                version="16.0",
                wps_server=None,
                store_package=None,
            ),
            trust=TrustFacts(
                vba_warnings=None,
                by_policy=False,
                access_vbom=None,
                blocks_internet=None,
                locations=(TrustedLocation("D:\\台账 目录\\", subfolders=False),),
            ),
            security=SecurityFacts({CHILD_PROCESS_RULE: 2}, ("火绒",)),
            resident_server=False,
        ),
        start=StartFacts(2.1),
    )


@pytest.fixture
def answer() -> Callable[[Environment, str], Answer]:
    """What one check says of an environment."""

    def of(environment: Environment, check: str) -> Answer:
        (found,) = [one for one in judge(environment).checks if one.name == check]
        return found.answer

    return of
