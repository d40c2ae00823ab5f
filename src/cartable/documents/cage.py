"""Start a command that can do nothing but compute: `python -I -S cage.py TERMS COMMAND…`.

PDF libraries are large C++ programs fed by strangers; one day a file will own them. Everything
set here survives `execve` and cannot be undone by the command. rlimits always hold; Landlock
(Linux 5.13) and seccomp are added where the kernel offers them, since a container may refuse both.
A file of its own, standard library only, so that it starts in about 15 ms and no code runs between
`fork` and `execve` in the multi-threaded server (`preexec_fn` may deadlock there).
"""

import ctypes
import json
import os
import platform
import resource
import stat
import struct
import sys
from typing import TypedDict

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

# linux/landlock.h: the system call numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH, _ASK_VERSION = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 5
_MAKE_FILE, _TRUNCATE, _IOCTL = 1 << 8, 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = _READ_FILE | _READ_DIR | _WRITE_FILE | _MAKE_FILE | _REMOVE_FILE | _TRUNCATE
_ON_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL

# fork vfork clone clone3, setsid setpgid (leaving the group that gets killed), socket socketpair
# io_uring_setup, ptrace process_vm_*, kill tkill rt_sigqueueinfo pidfd_send_signal.
_FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        (57, 58, 56, 435, 112, 109, 41, 53, 425, 101, 310, 311, 62, 200, 129, 424),
    ),
    "aarch64": (0xC00000B7, (220, 435, 157, 154, 198, 199, 425, 117, 270, 271, 129, 130, 138, 424)),
}


class Terms(TypedDict):
    """Bytes, seconds and counts of the rlimits; paths the command may read, and may write."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    open_files: int
    readable: list[str]
    writable: list[str]


def _limit(terms: Terms) -> None:
    os.nice(10)
    cpu = terms["cpu_seconds"]
    for kind, soft, hard in (
        (resource.RLIMIT_AS, terms["memory_bytes"], terms["memory_bytes"]),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, terms["file_bytes"], terms["file_bytes"]),
        (resource.RLIMIT_NOFILE, terms["open_files"], terms["open_files"]),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
    ):
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))


def _shut_files(terms: Terms) -> bool:
    """Leave only the named paths in reach; no other process's memory, no TCP, no signals out."""
    version = _LIBC.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    handled = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    fields = [handled] + [3] * (version >= 4) + [3] * (version >= 6)
    attributes = struct.pack(f"{len(fields)}Q", *fields)
    rules = _LIBC.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    for paths, wanted in ((terms["readable"], _READ), (terms["writable"], _WRITE)):
        for path in paths:
            try:
                beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            is_folder = stat.S_ISDIR(os.fstat(beneath).st_mode)
            access = wanted if is_folder else wanted & _ON_A_FILE
            rule = struct.pack("=Qi", access & handled, beneath)
            _LIBC.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
            os.close(beneath)
    done: bool = _LIBC.syscall(_RESTRICT_SELF, rules, 0) == 0
    os.close(rules)
    return done


def _shut_calls() -> bool:
    """Answer EPERM to every call that starts a process, leaves the group, or opens a socket."""
    if platform.machine() not in _FORBIDDEN:
        return False
    architecture, calls = _FORBIDDEN[platform.machine()]
    load, equal, at_least, answer, allow, refuse = 0x20, 0x15, 0x35, 0x06, 0x7FFF0000, 0x50001
    last = len(calls) + 4
    steps = [
        (load, 0, 0, 4),
        (equal, 0, last - 1, architecture),
        (load, 0, 0, 0),
        (at_least, last - 3, 0, 0x40000000),
        *((equal, last - step, 0, call) for step, call in enumerate(calls, start=4)),
        (answer, 0, 0, allow),
        (answer, 0, 0, refuse),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    done: bool = _LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0) == 0
    return done


def confine(terms: Terms) -> tuple[bool, bool]:
    """Bind this process for good; says whether files and calls could be shut as well."""
    _limit(terms)
    if _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False, False
    return _shut_files(terms), _shut_calls()


if __name__ == "__main__":
    confine(json.loads(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 (this file's whole purpose)
