"""Starting alone, ending together: what the supervisor and the services ask of the system."""

import contextlib
import ctypes
import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1


class AlreadyRunning(RuntimeError):
    """Another process holds the lock; the message is its pid."""


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold the lock for a while. It ends with the process, so even a kill -9 leaves nothing to clean up."""
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise AlreadyRunning(file.read().strip()) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def die_with_parent(signum: int) -> Callable[[], None] | None:
    """A `preexec_fn`: the kernel sends `signum` to the child when its parent is killed, even by kill -9."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0)

    return ask_the_kernel


def last_lines(log: Path, count: int = 20) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def wait_until(ready: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(step)
    return False


def working_folder(pid: int) -> Path | None:
    """Where the process works; nothing when it is gone or a stranger's."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
