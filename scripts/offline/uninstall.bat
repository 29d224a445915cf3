@echo off
rem Take the program away from this user. The ledger, its database and the submissions stay.
setlocal
cd /d "%SystemRoot%\System32"
set "HERE=%~dp0"
set "PY=%HERE%python\python.exe"
if not exist "%PY%" set "PY=%HERE%python\Scripts\python.exe"
if not exist "%PY%" goto files
"%PY%" -I -S "%HERE%install.py" uninstall
:files
rmdir /s /q "%HERE%python"
del /q "%HERE%resident.bat" "%HERE%resident-on.bat" "%HERE%resident-off.bat" "%HERE%doctor.bat" "%HERE%host.bat"
del /q "%HERE%install.py" "%HERE%settings.py"
if not defined QIYX_NO_PAUSE pause
del /q "%HERE%uninstall.bat"
