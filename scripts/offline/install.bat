@echo off
rem Install for this user, without administrator rights and without a network.
rem   install.bat            into a folder chosen by the program
rem   install.bat D:\qiyx    into this folder (letters and digits only)
rem   install.bat D:\qiyx --host libreoffice --host wps    into these programs, too
setlocal
set "HERE=%~dp0"
set "PY="
rem Windows and Python look for programs, DLLs and modules in the current folder first. So this runs
rem from a folder that only administrators can write to; install.py is told where it was called.
set "QIYX_CALLED_IN=%CD%"
cd /d "%SystemRoot%\System32"
if exist "%HERE%python\python.exe" set "PY=%HERE%python\python.exe"
if defined PY goto run
for %%V in (3.14 3.13 3.12 3.11) do call :try_launcher %%V
if defined PY goto run
python -I -S -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))" >nul 2>nul
if not errorlevel 1 set "PY=python"
if defined PY goto run
echo Python 3.11, 3.12, 3.13 or 3.14 (64-bit) was not found.
echo Put the embeddable package of python.org, unzipped, into the folder "python" here,
echo or ask IT to install Python. Then run install.bat again.
if not defined QIYX_NO_PAUSE pause
exit /b 2

:try_launcher
if defined PY exit /b 0
py -%1 -I -S -c "pass" >nul 2>nul
if not errorlevel 1 set "PY=py"
if not errorlevel 1 set "PYARG=-%1"
exit /b 0

:run
"%PY%" %PYARG% -I -S -X utf8=0 "%HERE%install.py" install %*
set "CODE=%ERRORLEVEL%"
if not defined QIYX_NO_PAUSE pause
exit /b %CODE%
