"""The service beside WPS, the add-in's files, and WPS's list of add-ins, without a browser."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from support.paths import ROOT
from test_wps import Home

from qiyx_xl import __version__
from qiyx_xl.files.xml import parse
from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS
from qiyx_xl.shells.host_book import HostBook
from qiyx_xl.shells.hosts import publish, wps
from qiyx_xl.shells.hosts.status import HostError
from qiyx_xl.shells.hosts.wps_addin import FOLDER, addin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHERS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- 别人的 -->
<jsplugins>
\t<jsplugin name="oa" type="wps" url="oa_1.0" version="1.0" enable="enable_dev"/>
  <jspluginonline name="qiyx2" type="et" url="http://127.0.0.1:1/"></jspluginonline>
</jsplugins>
"""


# --- publish.xml -------------------------------------------------------------------------------


def test_our_entry_is_added_to_the_list_and_every_other_byte_stays(tmp_path: Path):
    path = tmp_path / "publish.xml"
    path.write_text(OTHERS, encoding="utf-8")
    publish.enter(path, "qiyx", "qiyx_1.0", "1.0")
    once = path.read_text(encoding="utf-8")
    added = [line for line in once.splitlines() if line not in OTHERS.splitlines()]
    assert len(added) == 1
    assert publish.entry_of(path, "qiyx") == {
        "name": "qiyx",
        "type": "et",
        "url": "qiyx_1.0",
        "version": "1.0",
        "enable": "enable_dev",
        "install": "null",
        "customDomain": "",
    }
    publish.enter(path, "qiyx", "qiyx_1.0", "1.0")
    assert path.read_text(encoding="utf-8") == once
    publish.enter(path, "qiyx", "qiyx_2.0", "2.0")
    assert [each.get("name") for each in parse(path.read_bytes())] == ["oa", "qiyx2", "qiyx"]
    assert publish.remove(path, "qiyx") is True
    assert path.read_text(encoding="utf-8") == OTHERS
    assert publish.remove(path, "qiyx") is False


@pytest.mark.parametrize("text", ["", "  \n", "<jsplugins/>", "\ufeff<jsplugins></jsplugins>"])
def test_an_empty_list_or_none_gets_our_entry(text: str, tmp_path: Path):
    path = tmp_path / "新的" / "publish.xml"
    if text:
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    publish.enter(path, "qiyx", "qiyx_1.0", "1.0")
    assert [each.get("name") for each in parse(path.read_bytes())] == ["qiyx"]


@pytest.mark.parametrize(
    "text", ["<jsplugins>", "<other/>", '<!DOCTYPE a [<!ENTITY b "c">]><jsplugins/>']
)
def test_a_damaged_list_is_named_and_not_touched(text: str, tmp_path: Path):
    path = tmp_path / "publish.xml"
    path.write_text(text)
    for change in (
        lambda: publish.enter(path, "qiyx", "qiyx_1.0", "1.0"),
        lambda: publish.remove(path, "qiyx"),
    ):
        with pytest.raises(HostError, match="没有改动它"):
            change()
    assert path.read_text() == text


# --- the add-in's files ------------------------------------------------------------------------


def test_the_add_in_is_made_from_the_registry():
    files = {name: data.decode() for name, data in addin().items()}
    ribbon = parse(files["ribbon.xml"].encode())
    buttons = [each for each in ribbon.iter() if str(each.tag).endswith("}button")]
    assert [(each.get("id"), each.get("label"), each.get("supertip")) for each in buttons] == [
        (control.action, control.caption, control.tip) for control in CONTROLS
    ]
    described = json.loads(files["functions.json"])["functions"]
    assert [each["name"] for each in described] == [function.name for function in FUNCTIONS]
    assert all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", each["name"]) for each in described)
    for function in FUNCTIONS:
        assert f'QIYX.call("{function.name}", arguments, [' in files["functions.js"]
    assert {f"images/{control.action}.svg" for control in CONTROLS} <= files.keys()
    assert f"qiyx_{__version__}" == FOLDER  # as WPS wants it


def test_the_add_in_of_wps_answers_every_question():
    source = addin()["qiyx.js"].decode()
    answered = set(re.findall(r"^            (\w+): function \(", source, re.MULTILINE))
    asked = {name for name in vars(HostBook) if not name.startswith("_")}
    assert answered == asked | {"sheets"}


@pytest.mark.node
@pytest.mark.parametrize("name", ["qiyx.js", "functions.js", "ribbon.js"])
def test_the_scripts_are_plain_enough_for_an_old_chromium(name: str, tmp_path: Path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    path = tmp_path / name
    path.write_bytes(addin()[name])
    assert subprocess.run([node, "--check", path], check=False).returncode == 0
    text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    assert not re.search(r"=>|`|\b(let|const|class|async|await)\b", text)


# --- the service -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("home"))
    done = made.qiyx("host", "install", "wps")
    assert "已装进 WPS 表格" in done.stdout, done.stderr
    yield made
    made.qiyx("host", "uninstall", "wps")


def ask(
    home: Home, path: str, body: Any, *, port: int | None = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    state = json.loads(home.state.read_text())
    connection = HTTPConnection("127.0.0.1", port or state["port"], timeout=30)
    if isinstance(body, dict):
        body = json.dumps({"token": state["token"], **body})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", path, body, {"Content-Type": "text/plain", **named})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return (
        answer.status,
        {name.lower(): value for name, value in answer.headers.items()},
        json.loads(text) if text.startswith((b"{", b"[")) else None,
    )


@pytest.mark.slow
def test_the_state_is_the_person_s_own_and_the_port_on_the_loopback_only(home: Home):
    state = json.loads(home.state.read_text())
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o600
    assert len(state["token"]) > 40
    listening = open(f"/proc/{state['pid']}/net/tcp").read().splitlines()[1:]  # noqa: SIM115, PTH123
    port = f"{state['port']:04X}"
    assert [
        line.split()[1]
        for line in listening
        if line.split()[1].endswith(port) and line.split()[3] == "0A"
    ] == [f"0100007F:{port}"]


@pytest.mark.slow
def test_a_request_needs_the_host_the_origin_and_the_token(home: Home):
    good = {"name": "QYX_STATUS", "cells": [[[9]], [["2024Q2"]], [[3.3]]]}
    assert ask(home, "/function", good)[::2] == (200, {"value": "黄"})
    for origin in ("null", "file://"):
        status, headers, _ = ask(home, "/function", good, Origin=origin)
        assert (status, headers["access-control-allow-origin"]) == (200, origin)
    for origin in ("https://example.com", "http://127.0.0.1:1", "http://localhost", "NULL"):
        status, headers, told = ask(home, "/function", good, Origin=origin)
        assert (status, told) == (403, None)
        assert "access-control-allow-origin" not in headers
    for host in ("localhost", "evil.example", "127.0.0.1"):
        assert ask(home, "/function", good, Host=host)[0] == 403
    for body in ('{"token": "x"}', "{}", '{"token": null}', '{"token": ["a"]}'):
        assert ask(home, "/function", body)[0] == 401
    for body in ("", "no json", "[1]", "[" * 100_000):
        assert ask(home, "/function", body)[0] == 400


@pytest.mark.slow
def test_what_cannot_be_answered_is_refused_and_the_next_request_is_answered(home: Home):
    assert ask(home, "/function", {"name": "QYX_NONE", "cells": []})[0] == 400
    assert ask(home, "/function", {"name": "QYX_RATE"})[0] == 400
    assert ask(home, "/function", {"name": "QYX_RATE", "cells": "x"})[0] == 400
    assert ask(home, "/press", {"action": "__import__"})[0] == 404
    assert ask(home, "/told", {"press": "nobody", "answer": 1})[0] == 404
    assert ask(home, "/anything", {})[0] == 404
    assert ask(home, "/plan-sheets", {"period": [["去年"]], "records": None})[0] == 400
    assert ask(home, "/function", {"name": "QYX_VERSION", "cells": []})[0] == 200


@pytest.mark.slow
def test_a_button_asks_question_by_question_and_ends(home: Home, tmp_path: Path):
    _, _, first = ask(home, "/press", {"action": "refresh"})
    assert first["question"] == "full_name"
    told = {"press": first["press"], "answer": "https://disk.example/台账.xlsx"}
    seen = []
    while not (message := ask(home, "/told", told)[2]).get("done"):
        seen.append(message)
        told = {"press": first["press"], "answer": None}
    assert [each["question"] for each in seen] == ["show_status", "alert"]
    assert "网盘" in seen[-1]["text"]


@pytest.mark.slow
def test_what_others_did_to_the_add_in_is_said_with_its_cure(home: Home):
    def problems() -> list[str]:
        status = json.loads(home.qiyx("host", "status", "--format", "json").stdout)
        (found,) = [each for each in status["hosts"] if each["name"] == "wps"]
        said: list[str] = found["problems"]
        return [each for each in said if "没有找到 WPS" not in each]

    assert problems() == []
    listed = home.addons / "publish.xml"
    kept = listed.read_bytes()
    listed.write_text("<jsplugins></jsplugins>")
    assert "被别的安装程序覆盖" in problems()[0]
    listed.write_bytes(kept)
    script = home.addons / FOLDER / "qiyx.js"
    was = script.read_bytes()
    script.write_bytes(was + b"//")
    assert "被改过（qiyx.js）" in problems()[0]
    script.unlink()
    assert "少了 1 个文件" in problems()[0]
    assert "已装进" in home.qiyx("host", "install", "wps").stdout
    assert (problems(), script.read_bytes()) == ([], was)


@pytest.mark.slow
def test_an_older_add_in_goes_and_uninstalling_leaves_nothing_of_ours(
    tmp_path_factory: pytest.TempPathFactory,
):
    home = Home(tmp_path_factory.mktemp("other"))
    (home.addons / "qiyx_0.0.9").mkdir(parents=True)
    (home.addons / "oa_1.0").mkdir()
    (home.addons / "publish.xml").write_text(OTHERS, encoding="utf-8")
    assert "已装进" in home.qiyx("host", "install", "wps").stdout
    assert sorted(path.name for path in home.addons.iterdir()) == ["oa_1.0", "publish.xml", FOLDER]
    entry = home.folder / ".config/autostart/qiyx-wps.desktop"
    assert "qiyx_xl.shells.engine.service" in entry.read_text(encoding="utf-8")
    assert home.qiyx("host", "uninstall", "wps").returncode == 0
    assert (home.addons / "publish.xml").read_text(encoding="utf-8") == OTHERS
    assert sorted(path.name for path in home.addons.iterdir()) == ["oa_1.0", "publish.xml"]
    assert not entry.exists()
    assert not home.state.exists()


@pytest.mark.slow
def test_a_damaged_list_of_add_ins_stops_the_installation_before_anything_is_written(
    tmp_path_factory: pytest.TempPathFactory,
):
    home = Home(tmp_path_factory.mktemp("damaged"))
    home.addons.mkdir(parents=True)
    (home.addons / "publish.xml").write_text("<jsplugins>")
    done = home.qiyx("host", "install", "wps")
    assert (done.returncode, "publish.xml" in done.stderr) == (2, True)
    assert [path.name for path in home.addons.iterdir()] == ["publish.xml"]
    assert not home.state.exists()


def test_without_the_libraries_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wps, "find_spec", lambda name: None)
    with pytest.raises(HostError, match="用 pip 装好这两个库"):
        wps.install()


def test_the_sources_travel_in_the_wheel():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"hosts" = "qiyx_xl/data/hosts"' in text
