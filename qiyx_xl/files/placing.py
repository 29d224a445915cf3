"""How several files are replaced together or not at all, even if the process is killed.

New files are written to a scratch folder beside their targets. Before the first is moved, an intent
is written to the disk there: the list of the files to replace. Old files are kept there until all
new ones are in place. Deleting the intent completes the replacement. A run that finds an intent
left by a killed process restores the old files. So after the next run there are only new files or
only old ones, never a mixture.
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.files.durable import sha256_of, sync_file, sync_folder
from qiyx_xl.files.reasons import reason_of
from qiyx_xl.files.scratch import Scratch, abandoned, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PREFIX = ".qiyx-"
_INTENT = "intent.json"
_FORMER = re.compile(r"\.qiyx-\d+-[0-9a-f]+\.tmp")
_FORMER_AGE = 3600.0  # seconds; a file that is still being written is never unmodified so long


@dataclass(frozen=True, slots=True)
class _Move:
    """One file to replace or remove. Names have no folders, so they cannot lead out of theirs.

    ``new`` and ``sha256`` are the new file's name in the scratch folder and its hash, None if the
    file is only removed. ``old`` is the name under which the old file is kept; ``had`` is whether
    there was an old file.
    """

    name: str
    new: str | None
    sha256: str | None
    old: str
    had: bool = False


class Placement:
    """Files that are written to scratch folders first, and then replace their targets together."""

    def __init__(self) -> None:
        self._scratches: dict[Path, Scratch] = {}
        self._moves: dict[Path, list[_Move]] = {}
        self._made: list[Path] = []
        self._count = 0
        self.is_placed = False

    @contextmanager
    def new(self, target: Path) -> Iterator[Path]:
        """Provide a path to write a file to; it will replace the target.

        Raises:
            OSError: it cannot be written; the error names the target.
        """
        with naming(target):
            scratch = self._scratch_in(target.parent)
            # A short name of its own, because the target's name may already have the maximum
            # length.
            name = f"{self._next()}{target.suffix}"
            beside = scratch.folder / name
            yield beside
            sync_file(beside)
            self._add(target, name, sha256_of(beside))

    def remove(self, target: Path) -> None:
        """Remove a file together with the replacement of the others.

        Raises:
            OSError: nothing can be written in its folder.
        """
        with naming(target):
            self._scratch_in(target.parent)
            self._add(target, None, None)

    def place(self) -> None:
        """Move all files to their targets.

        Call it if something may still fail afterwards, such as a COMMIT; otherwise ``placing``
        calls it at its end.

        Raises:
            OSError: a file, which the error names, cannot be moved; ``undo`` restores the others.
        """
        for folder, moves in self._moves.items():
            for move in moves:
                if (folder / move.name).is_dir():
                    # The move would succeed and replace a folder with everything in it.
                    raise IsADirectoryError(
                        errno.EISDIR, os.strerror(errno.EISDIR), str(folder / move.name)
                    )
        self._write_intents()
        self.is_placed = True
        for folder, moves in self._moves.items():
            inside = self._scratches[folder].folder
            for move in moves:
                with naming(folder / move.name):
                    _exchange(folder, inside, move)
            with naming(folder):
                sync_folder(folder)

    def place_only(self) -> None:
        """Move a single file to its target, if nothing can fail afterwards.

        One rename is atomic and needs no intent.

        Raises:
            OSError: it cannot be moved; nothing has changed.
        """
        ((folder, (move,)),) = self._moves.items()
        with naming(folder / move.name):
            (self._scratches[folder].folder / str(move.new)).replace(folder / move.name)
        self.is_placed = True
        with suppress(OSError):  # the file is in place; it only might not survive a power cut
            sync_folder(folder)

    def finish(self) -> None:
        """Keep the new files, and remove the intent and the scratch folders.

        Raises:
            OSError: the intent cannot be removed, so the next run will restore the old files.
        """
        scratches = list(self._scratches.values())
        if scratches:
            try:
                # From here on the new files are final, and nothing would be restored.
                _remove_intent(scratches[0].folder / _INTENT)
            except OSError:
                for scratch in scratches:
                    scratch.leave()
                raise
        for scratch in scratches:
            scratch.remove()

    def undo(self) -> None:
        """Restore the old files, and remove everything else.

        Raises:
            OSError: a file cannot be restored; the next run tries again.
        """
        # The first folder's intent decides (see _write_intents), so it is removed last.
        backwards = list(reversed(self._scratches.items()))
        try:
            for folder, scratch in backwards:
                if self.is_placed:
                    _put_back(folder, scratch.folder, self._moves.get(folder, ()))
                _remove_intent(scratch.folder / _INTENT)
        except OSError:
            for _, scratch in backwards:
                scratch.leave()
            raise
        for _, scratch in backwards:
            scratch.remove()
        for folder in reversed(self._made):
            with suppress(OSError):  # somebody has stored other files there meanwhile
                folder.rmdir()

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _add(self, target: Path, new: str | None, sha256: str | None) -> None:
        move = _Move(target.name, new, sha256, f"{self._next()}.old")
        self._moves.setdefault(target.parent, []).append(move)

    def _scratch_in(self, folder: Path) -> Scratch:
        scratch = self._scratches.get(folder)
        if scratch is None:
            self._make(folder)
            recover(folder)
            scratch = self._scratches[folder] = Scratch.make(folder, _PREFIX)
        return scratch

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        try:
            folder.mkdir()
        except FileNotFoundError:
            if folder.parent == folder:
                raise
            self._make(folder.parent)
            folder.mkdir()
        self._made.append(folder)

    def _write_intents(self) -> None:
        """Write the intents to the disk, folder by folder.

        The first folder's intent decides: as long as it exists, all folders are to be undone. So
        it is written first, and ``finish`` removes it first.
        """
        folders = list(self._scratches.items())
        home = None
        for folder, scratch in folders:
            moves = [
                replace(move, had=os.path.lexists(folder / move.name))
                for move in self._moves.get(folder, ())
            ]
            self._moves[folder] = moves
            intent = {
                "home": home,
                "others": [str(other.folder.absolute()) for _, other in folders[1:]],
                "moves": [asdict(move) for move in moves],
            }
            with naming(folder):
                path = scratch.folder / _INTENT
                path.write_text(json.dumps(intent), encoding="utf-8")
                sync_file(path)
                sync_folder(scratch.folder)
                sync_folder(folder)
            home = home or str(scratch.folder.absolute())


@contextmanager
def placing() -> Iterator[Placement]:
    """Provide a placement; at the end all of its files are replaced, or none is.

    If something fails after a booking was committed, the new files that belong to it are kept.

    Raises:
        InterruptedAfterBookingError: old files could not be restored; the next run does it.
        OSError: a file cannot be written or replaced.
    """
    placement = Placement()
    try:
        yield placement
        if not placement.is_placed:
            placement.place()
    except BaseException as error:
        if isinstance(error, InterruptedAfterBookingError) and placement.is_placed:
            _finish(placement)
            raise
        try:
            placement.undo()
        except OSError as stopped:
            raise InterruptedAfterBookingError(
                f"写到一半没有写成（{_reason(error)}），换下的旧文件也没有全部放回去"
                f"（{_reason(stopped)}）。请关闭正在打开它们的程序，再运行一次，会先自动复原。"
            ) from error
        raise
    _finish(placement)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Provide a path to write one file to; at the end it replaces the target atomically.

    Raises:
        OSError: it cannot be written, or the target cannot be replaced, for example because it is
            open in Excel.
    """
    placement = Placement()
    try:
        with placement.new(target) as beside:
            yield beside
        placement.place_only()
    except BaseException:
        placement.undo()
        raise
    _finish(placement)


@contextmanager
def written(target: Path, within: Placement | None) -> Iterator[Path]:
    """Provide a path to write a file to, as part of a placement or, without one, by itself.

    Raises:
        OSError: it cannot be written, or the target cannot be replaced.
    """
    with replacing(target) if within is None else within.new(target) as beside:
        yield beside


def _finish(placement: Placement) -> None:
    try:
        placement.finish()
    except OSError as error:
        raise InterruptedAfterBookingError(
            f"文件都已写好，只是没能收尾（{_reason(error)}）。请检查磁盘和文件夹的权限，再运行一次。"
        ) from error


@contextmanager
def naming(target: Path) -> Iterator[None]:
    """Make an error about a scratch file, or about no file, name the target that the user knows."""
    try:
        yield
    except OSError as error:
        names = [str(name) for name in (error.filename, error.filename2) if name is not None]
        if error.errno is not None and (not names or any(_PREFIX in name for name in names)):
            error.filename, error.filename2 = str(target), None
        raise


def recover(folder: Path) -> None:
    """Undo the unfinished replacement of a killed process in a folder, and remove its leftovers.

    Raises:
        OSError: an old file cannot be restored, for example because the new one is open in Excel.
    """
    sweep(folder, _PREFIX, lambda scratch: _recover_scratch(folder, scratch))
    _sweep_former(folder)


def _recover_scratch(folder: Path, scratch: Scratch) -> bool:
    """Undo the placement that left a scratch folder; return whether the folder may be removed."""
    intent = _intent_of(scratch.folder)
    if intent is None:
        return True  # killed before any file was moved, or after all were
    if intent.home is not None and _intent_of(Path(intent.home)) is None:
        return True  # all files were moved
    if intent.home is None and not all(map(_recover_other_folder, map(Path, intent.others))):
        return False
    _put_back(folder, scratch.folder, intent.moves)
    _remove_intent(scratch.folder / _INTENT)
    if intent.home is not None:
        # The other folders of the same placement must be undone, too, or files would be mixed.
        recover(Path(intent.home).parent)
    return True


def _recover_other_folder(other: Path) -> bool:
    """Undo another folder's part of a placement; return False if a process still uses it."""
    intent = _intent_of(other)
    if intent is None or intent.home is None:
        return True
    scratch = abandoned(other)
    if scratch is None:
        return False
    try:
        _put_back(other.parent, other, intent.moves)
        _remove_intent(other / _INTENT)
    except OSError:
        scratch.leave()
        raise
    scratch.remove()
    return True


@dataclass(frozen=True, slots=True)
class _Intent:
    """What is to be undone; ``home`` is the first scratch folder, None in its own intent.

    ``others`` are the other scratch folders of the placement.
    """

    home: str | None
    others: tuple[str, ...]
    moves: tuple[_Move, ...]


def _intent_of(scratch: Path) -> _Intent | None:
    """Read an intent; None if there is none, or it is incomplete.

    Others may write to its folder, so an intent with a name that leads out of it is ignored.
    """
    try:
        content = json.loads((scratch / _INTENT).read_text(encoding="utf-8"))
        moves = tuple(_Move(**move) for move in content["moves"])
        home = None if content["home"] is None else str(content["home"])
        intent = _Intent(home, tuple(map(str, content["others"])), moves)
        names = [name for move in moves for name in (move.name, move.new or move.name, move.old)]
        return intent if all(map(_is_plain, names)) else None
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, KeyError):
        return None


def _is_plain(name: object) -> bool:
    return isinstance(name, str) and name not in {"", ".", ".."} and not set(name) & set("/\\:\0")


def _exchange(folder: Path, scratch: Path, move: _Move) -> None:
    """Keep the old file in the scratch folder, and move the new one to the target."""
    target, old = folder / move.name, scratch / move.old
    if os.path.lexists(target):
        _keep_old(target, old)
    if move.new is None:
        target.unlink(missing_ok=True)
    else:
        (scratch / move.new).replace(target)


def _keep_old(target: Path, old: Path) -> None:
    if not target.is_symlink():  # a symbolic link is moved itself, not the file that it refers to
        with suppress(OSError):  # not every disk supports hard links
            # With a hard link there is no moment at which the target does not exist.
            old.hardlink_to(target)
            return
    target.replace(old)


def _put_back(folder: Path, scratch: Path, moves: Sequence[_Move]) -> None:
    """Undo the moves that were made; repeating it does no harm.

    A target that somebody has saved since then is kept.
    """
    for move in reversed(moves):
        target, old = folder / move.name, scratch / move.old
        with naming(target):
            is_there = os.path.lexists(target)
            has_moved = move.new is not None and not (scratch / move.new).exists()
            is_ours = has_moved and target.is_file() and sha256_of(target) == move.sha256
            if os.path.lexists(old) and (is_ours or not is_there):
                old.replace(target)
            elif is_ours and not move.had:
                target.unlink()
    with suppress(OSError):
        sync_folder(folder)


def _remove_intent(intent: Path) -> None:
    """Remove an intent, or empty it if it cannot be removed: an empty one counts as none."""
    try:
        intent.unlink(missing_ok=True)
    except OSError:
        intent.write_bytes(b"")
    with suppress(OSError):
        sync_folder(intent.parent)


def _sweep_former(folder: Path) -> None:
    """Remove temporary files that killed runs of earlier versions left beside their targets."""
    now = time.time()
    with suppress(OSError):
        for path in folder.iterdir():
            if _FORMER.fullmatch(path.name) and now - path.stat().st_mtime > _FORMER_AGE:
                path.unlink()


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return (f"“{error.filename}”：" if error.filename else "") + reason_of(error)
    return str(error)
