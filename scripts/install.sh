#!/bin/sh
# Install on a Linux desktop, for this user, without administrator rights.
#   sh scripts/install.sh [FOLDER] [--wheels FOLDER]
# FOLDER (default: ~/qiyx) gets a Python environment of its own. With --wheels nothing is fetched:
# the wheels were made on a machine like this one (python3 -m pip wheel . starlette uvicorn -w wheels).
# Where LibreOffice or WPS is found, functions and buttons are put into it.
set -eu
HERE=$(cd "$(dirname "$0")/.." && pwd)
HOME_OF_QIYX="$HOME/qiyx"
WHEELS=""
while [ $# -gt 0 ]; do
  case "$1" in
    --wheels) WHEELS=$(cd "$2" && pwd); shift 2 ;;
    -*) echo "不认识的选项：$1" >&2; exit 2 ;;
    *) HOME_OF_QIYX="$1"; shift ;;
  esac
done

PY=""
for name in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
  if "$name" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null; then
    PY="$name"
    break
  fi
done
if [ -z "$PY" ]; then
  echo "没有找到 Python 3.11 或更新的版本。请先安装，再运行一次。" >&2
  exit 2
fi

echo "一、装到 $HOME_OF_QIYX……"
"$PY" -m venv "$HOME_OF_QIYX"
if [ -n "$WHEELS" ]; then
  "$HOME_OF_QIYX/bin/python" -m pip install -q --no-index --find-links "$WHEELS" qiyx-xl starlette uvicorn
else
  "$HOME_OF_QIYX/bin/python" -m pip install -q "$HERE" starlette uvicorn
fi

echo "二、表格软件……"
QIYX="$HOME_OF_QIYX/bin/qiyx"
FOUND=""
if command -v soffice >/dev/null 2>&1 || command -v libreoffice >/dev/null 2>&1; then
  FOUND=1
  "$QIYX" host install libreoffice || true
fi
if command -v et >/dev/null 2>&1 || ls /opt/kingsoft/wps-office/office6/et \
    /opt/apps/cn.wps.wps-office*/files/kingsoft/wps-office/office6/et >/dev/null 2>&1; then
  FOUND=1
  "$QIYX" host install wps || true
fi
[ -n "$FOUND" ] || echo "没有找到 LibreOffice 或 WPS。装好以后运行 $QIYX host install libreoffice（或 wps）。"

echo "三、怎样了……"
"$QIYX" host status || true
echo "装好了。建一本台账：$QIYX ledger build --edition addin"
