"""Runs a program as on a kernel without Landlock: without_landlock.py COMMAND... (its three calls fail with ENOSYS)"""
import ctypes
import errno
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_NUMBER, IF_AT_LEAST, RETURN = 0x20, 0x35, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000 | errno.ENOSYS
FIRST, BEHIND = 444, 447  # landlock_create_ruleset to landlock_restrict_self, the same on all machines

program = b"".join(
    struct.pack("HBBI", *each)
    for each in [
        (LOAD_NUMBER, 0, 0, 0),
        (IF_AT_LEAST, 0, 2, FIRST),
        (IF_AT_LEAST, 1, 0, BEHIND),
        (RETURN, 0, 0, FAIL),
        (RETURN, 0, 0, ALLOW),
    ]
)


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_char_p)]


libc = ctypes.CDLL(None, use_errno=True)
filter = Filter(len(program) // 8, program)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter)):
    sys.exit("no filter: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
