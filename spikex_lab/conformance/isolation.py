"""What a process gives up before it looks at somebody else's component: the network, and time,
memory and disk without end.

On Linux (x86-64, ARM64) the kernel itself refuses sockets from then on, in this process and all it
starts, through a seccomp filter that needs no privilege and cannot be taken off. Everywhere
Python's audit hooks refuse them too.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import sys
from typing import Any

CPU_SECONDS = 120
MEMORY = 8 * 1024**3
"""Bytes of address space: torch maps much more than it uses."""
FILE_BYTES = 64 * 1024**2
OPEN_FILES = 512

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CALLS = {
    # socket, connect, io_uring_setup, ptrace, process_vm_readv, process_vm_writev, pidfd_getfd,
    # add_key, request_key, keyctl: the ways out, and into other processes' secrets
    "x86_64": (41, 42, 425, 101, 310, 311, 438, 248, 249, 250),
    "aarch64": (198, 203, 425, 117, 270, 271, 438, 217, 218, 219),
}
_X32 = 0x40000000
_REFUSED = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
            "socket.__new__", "socket.sendto")  # fmt: skip


def enter(*, file_bytes: int = FILE_BYTES) -> list[str]:
    """Give all that up, for good; return what holds: ``limits``, ``seccomp``, ``audit``.

    Parameters
    ----------
    file_bytes : largest file that may be written.
    """
    held = []
    if _limit(file_bytes):
        held.append("limits")
    sys.addaudithook(_audit)
    held.append("audit")
    if _filter():
        held.append("seccomp")
    return held


def _audit(event: str, _arguments: Any) -> None:
    if event in _REFUSED:
        raise PermissionError(errno.EACCES, "this process has no network")


def _limit(file_bytes: int) -> bool:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the limit
        return False
    wanted = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS knows no limit of the address space
            continue
    return True


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("yes", ctypes.c_uint8),
        ("no", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NO_NEW_PRIVILEGES, _SECCOMP, _MODE_FILTER = 38, 22, 2


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Return the filter's instructions (code, jump if so, jump if not, value): refuse `_CALLS`."""
    calls = _CALLS[machine]
    rows = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, 0), (_AT_LEAST, len(calls) + 1, 0, _X32)]  # fmt: skip
    rows += [(_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    return [*rows, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | errno.EACCES)]


def _filter() -> bool:
    """Put the filter on; return whether the kernel took it."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _CALLS:
        return False
    rows = _program(machine)
    instructions = (_Instruction * len(rows))(*(_Instruction(*row) for row in rows))
    program = _Filter(len(rows), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
