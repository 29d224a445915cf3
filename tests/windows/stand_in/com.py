"""COM plumbing: how a class becomes an interface.

``get_X`` and ``put_X`` are a property, a capitalised method is a method, ``state`` holds plain
read and write properties, ``default`` names the default member, ``each`` makes the object
iterable. All values are VARIANTs. `typelib` gives each class with an ``iid`` its type
information, which xlwings needs: it knows a Range argument by its interface id.
"""

from __future__ import annotations

import datetime as dt
import inspect
import sys
from collections import Counter
from typing import Any, ClassVar, NoReturn

import pythoncom
import win32timezone
from win32com.server.exception import COMException
from win32com.server.policy import BasicWrapPolicy
from win32com.server.util import NewEnum, unwrap, wrap

ARGUMENT_LEFT_OUT = -2147352572  # DISP_E_PARAMNOTFOUND
UNKNOWN_NAME, NO_SUCH_MEMBER = -2147352570, -2147352573
APPLICATION_ERROR = -2146827284  # 0x800A03EC, Excel's usual one
OUT_OF_RANGE = -2146828279
_UTC = win32timezone.TimeZoneInfo.utc()
_DISPATCH = pythoncom.TypeIIDs[pythoncom.IID_IDispatch]

unknown: set[str] = set()
"""Members asked for that are not modelled: a test should see none."""

calls: Counter[str] = Counter()
"""COM calls by member."""


def fail(text: str, code: int = APPLICATION_ERROR) -> NoReturn:
    # Codes of the "dispatch" family would replace "exception occurred" and hide the text.
    raise COMException(desc=text, scode=code, source="Microsoft Excel")


class Model:
    """One kind of object in the object model."""

    state: ClassVar[dict[str, Any]] = {}
    default: ClassVar[str | None] = None
    iid: ClassVar[str | None] = None
    # Filled in by `typelib`.
    ids: ClassVar[dict[str, int]]
    names: ClassVar[dict[int, str]]
    typeinfo: ClassVar[Any]

    parent: Any = None

    def __init__(self) -> None:
        self.values = dict(self.state)

    def get_Application(self) -> Any:
        found: Any = self
        while found.parent is not None:
            found = found.parent
        return found

    def get_Parent(self) -> Any:
        return self.parent

    def get_Creator(self) -> int:
        return 1480803660


class Collection(Model):
    default = "Item"

    def __init__(self, parent: Any) -> None:
        super().__init__()
        self.parent = parent

    def each(self) -> list[Any]:
        return []

    def get_Count(self) -> int:
        return len(self.each())

    def get_Item(self, Index: Any) -> Any:
        members = self.each()
        if isinstance(Index, (int, float)):
            if 1 <= Index <= len(members):
                return members[int(Index) - 1]
        else:
            for member in members:
                if member.name.lower() == str(Index).lower():
                    return member
        return fail(f"下标越界：{Index!r}", OUT_OF_RANGE)


class Policy(BasicWrapPolicy):
    """How pywin32 hands a call to an object."""

    def _GetIDsOfNames_(self, names: Any, lcid: int) -> Any:
        kind = type(self._obj_)
        found = kind.ids.get(names[0].lower())
        if found is None:
            unknown.add(f"{kind.__name__}.{names[0]}")
            print(f"stand-in: no such member: {kind.__name__}.{names[0]}", file=sys.stderr)
            raise COMException(scode=UNKNOWN_NAME)
        return (found,)

    def _GetTypeInfoCount_(self) -> int:
        return 1

    def _GetTypeInfo_(self, index: int, lcid: int) -> Any:
        return 0, type(self._obj_).typeinfo

    def _invokeex_(
        self, dispid: int, lcid: int, flags: int, args: Any, kwargs: Any, provider: Any
    ) -> Any:
        model = self._obj_
        if dispid == pythoncom.DISPID_NEWENUM:
            return NewEnum([pack(member) for member in model.each()])
        name = type(model).names.get(dispid)
        calls[f"{type(model).__name__}.{name}"] += 1
        puts = flags & (pythoncom.DISPATCH_PROPERTYPUT | pythoncom.DISPATCH_PROPERTYPUTREF)
        if puts:
            member = getattr(model, f"put_{name}", None)
        else:
            member = getattr(model, f"get_{name}", None) or getattr(model, str(name), None)
        if member is None and name in model.state:
            if not puts:
                return pack(model.values[name])
            model.values[name] = unpack(args[-1])
            return None
        if member is None:
            raise COMException(scode=NO_SUCH_MEMBER)
        given = {
            parameter: unpack(argument)
            for parameter, argument in zip(inspect.signature(member).parameters, args)
            if not _is_left_out(argument)
        }
        return pack(member(**given))


def _is_left_out(argument: Any) -> bool:
    return argument is pythoncom.Missing or (
        isinstance(argument, int) and argument == ARGUMENT_LEFT_OUT
    )


def pack(value: Any) -> Any:
    """Return a value as it goes through COM."""
    if isinstance(value, Model):
        return wrap(value, usePolicy=Policy)
    if isinstance(value, (list, tuple)):
        # pywin32 would take a tuple for (result, by-reference results…).
        return [pack(each) for each in value]
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=_UTC)
    return pythoncom.Empty if value is None else value


def unpack(value: Any) -> Any:
    """Return a value that came through COM; our own objects come back as themselves."""
    return unwrap(value) if isinstance(value, _DISPATCH) else value
