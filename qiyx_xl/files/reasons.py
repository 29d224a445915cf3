"""Why a file could not be read or written, in Chinese that the office understands."""

from __future__ import annotations

import errno

_SAID = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件太大",
    errno.EIO: "磁盘读写出错",
    errno.EACCES: "没有写入权限，或正被别的程序打开",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件或文件夹不在了",
    errno.ENOTDIR: "上一级是文件，不是文件夹",
    errno.EISDIR: "那里是文件夹",
    errno.ENAMETOOLONG: "名字或路径太长",
    errno.EBUSY: "正被别的程序使用",
    errno.EMFILE: "打开的文件太多",
    errno.ETIMEDOUT: "网络盘没有回应",
}


def reason_of(error: OSError) -> str:
    """Return the reason for an error as a Chinese clause; the system's text for unknown errors."""
    return _SAID.get(error.errno or 0) or error.strerror or str(error)
