"""Type information, made from the Python signatures and registered in Excel's place.

``import xlwings`` makes early-bound classes from Excel's own registered type library, so the
stand-in registers one under that id, and refuses to where a real Excel is installed.
"""

from __future__ import annotations

import hashlib
import inspect
import tempfile
from pathlib import Path
from typing import Any

import pythoncom
import pywintypes

from stand_in.com import Model

_EXCEL = "{00020813-0000-0000-C000-000000000046}"
_DISPATCH_LIBRARY = "{00020430-0000-0000-C000-000000000046}"
_PREFIX = "stand_in_excel_"
_SYS_WIN64 = 3
_DISPATCHABLE = 0x1000
_METHOD, _GET, _PUT = 1, 2, 4  # INVOKEKIND
_STDCALL, _IN, _IN_OPTIONAL = 4, 1, 17
_FIRST_ID, _NEW_ENUM = 100, -4


def register() -> None:
    """Give every class its ids and type information."""
    library_id = pywintypes.IID(_EXCEL)
    known = _registered(library_id)
    if known and _PREFIX not in known:
        raise SystemExit(f"A real Excel is installed here; the stand-in is for others: {known}")
    classes = list(_described(Model))
    path = Path(tempfile.gettempdir()) / f"{_PREFIX}{_fingerprint()}.tlb"
    is_new = not path.exists()
    library = pythoncom.CreateTypeLib2(_SYS_WIN64, str(path if is_new else f"{path}.tmp"))
    library.SetName("Excel")
    library.SetGuid(library_id)
    library.SetVersion(1, 9)
    base = pythoncom.LoadRegTypeLib(_DISPATCH_LIBRARY, 2, 0, 0)
    for kind in classes:
        _describe(library, kind, base.GetTypeInfoOfGuid(pythoncom.IID_IDispatch))
    if is_new:
        library.SaveAllChanges()
    loaded = pythoncom.LoadTypeLib(str(path))
    if known.lower() != str(path).lower():
        pythoncom.RegisterTypeLib(loaded, str(path), None)
    for index, kind in enumerate(classes):
        kind.typeinfo = loaded.GetTypeInfo(index)


def _registered(library_id: Any) -> str:
    try:
        return str(pythoncom.QueryPathOfRegTypeLib(library_id, 1, 9, 0)).rstrip("\0")
    except pythoncom.com_error:
        return ""


def _fingerprint() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


def _described(kind: type[Model]) -> Any:
    for below in kind.__subclasses__():
        if below.iid is not None:
            yield below
        yield from _described(below)


def _describe(library: Any, kind: type[Model], base: Any) -> None:
    kind.ids, kind.names = {"_newenum": _NEW_ENUM}, {}
    info = library.CreateTypeInfo(kind.__name__, pythoncom.TKIND_DISPATCH)
    info.SetGuid(pywintypes.IID(f"{{{kind.iid}-0000-0000-C000-000000000046}}"))
    info.SetTypeFlags(_DISPATCHABLE)
    info.AddImplType(0, info.AddRefTypeInfo(base))
    for index, (name, invoke, parameters) in enumerate(sorted(_members(kind), key=lambda m: m[:2])):
        number = 0 if name == kind.default else _FIRST_ID + index
        number = kind.ids.setdefault(name.lower(), number)
        kind.names[number] = name
        described = pythoncom.FUNCDESC()
        described.memid, described.invkind = number, invoke
        described.funckind, described.callconv = pythoncom.FUNC_DISPATCH, _STDCALL
        described.cParamsOpt = 0
        described.args = tuple(
            (pythoncom.VT_VARIANT, _IN if required else _IN_OPTIONAL, None)
            for _, required in parameters
        )
        result = pythoncom.VT_VOID if invoke == _PUT else pythoncom.VT_VARIANT
        described.rettype = (result, 0, None)
        info.AddFuncDesc(index, described)
        named = () if invoke == _PUT else tuple(parameter for parameter, _ in parameters)
        info.SetFuncAndParamNames(index, (name, *named))
    info.LayOut()


def _members(kind: type[Model]) -> list[tuple[str, int, list[tuple[str, bool]]]]:
    found = []
    for attribute in dir(kind):
        if attribute.startswith(("get_", "put_")):
            name, invoke = attribute[4:], _GET if attribute.startswith("get_") else _PUT
        elif attribute[0].isupper() and inspect.isfunction(getattr(kind, attribute)):
            name, invoke = attribute, _METHOD
        else:
            continue
        signature = inspect.signature(getattr(kind, attribute)).parameters
        parameters = [
            (parameter.name, parameter.default is parameter.empty)
            for parameter in list(signature.values())[1:]
        ]
        found.append((name, invoke, parameters))
    for name in kind.state:
        found.append((name, _GET, []))
        found.append((name, _PUT, [("value", True)]))
    return found
