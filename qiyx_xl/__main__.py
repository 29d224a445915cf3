"""``python -m qiyx_xl`` is the command ``qiyx``."""

from qiyx_xl.shells.cli import main

main()
