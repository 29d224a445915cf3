#!/usr/bin/env bash
# Debian or Ubuntu, as root: what tests/windows needs besides Python (about 100 MB, 20 s).
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get install -q -y --no-install-recommends wine wine64 locales
localedef -i zh_CN -f UTF-8 zh_CN.UTF-8   # Wine takes its code page from it: 936
