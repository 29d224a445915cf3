"""``python -m qiyx_xl`` is the command ``qiyx``.

Python puts the current folder first when it looks for modules for ``-m``. It is taken away here, as
early as we can; only ``python -P -m qiyx_xl`` and ``qiyx`` itself never look there at all.
"""

import os
import sys

if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109
    del sys.path[0]

from qiyx_xl.shells.cli import main

main()
