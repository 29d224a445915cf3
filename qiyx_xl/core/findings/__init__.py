"""Every finding code about what agencies send, once: severity, title, wording.

F: the file as a whole. T: template, agency, period, rows. V: a value. C: consolidation. Each
subject has a module; all are reached from here. The codes about a plan file (P) stand in
``catalogue_plan``. ``docs/codes.md`` explains each; a test holds both together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.findings.files import *  # noqa: F403
from qiyx_xl.core.findings.files import FILES
from qiyx_xl.core.findings.forms import *  # noqa: F403
from qiyx_xl.core.findings.forms import FORMS
from qiyx_xl.core.findings.values import *  # noqa: F403  # noqa: F403  # noqa: F403
from qiyx_xl.core.findings.values import CONSOLIDATION, PROJECTS, VALUES

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import FindingKind

CATALOGUE: dict[str, FindingKind] = {**FILES, **FORMS, **VALUES, **PROJECTS, **CONSOLIDATION}
