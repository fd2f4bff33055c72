"""`python -m scripts.with_services -- COMMAND …`: a fresh PostgreSQL and Redis around one command.

Nothing is left afterwards. A server whose URL is given is used instead. Any number of these may run side by side.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.services import Services

ROOM = 4 * 1024**3  # bytes
FOR_TESTS = {
    "AFTERSCHOOL_MODE": "local",
    "AFTERSCHOOL_TESTING": "1",
    "DJANGO_SETTINGS_MODULE": "afterschool.settings",
    # Playwright's synchronous interface runs an event loop in the thread of the test.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    # Programs that tests start are many, and each would compile all of its sources anew.
    "PYTHONDONTWRITEBYTECODE": "",
}


@contextlib.contextmanager
def throw_away_services() -> Iterator[dict[str, str]]:
    """The environment of a test run; the servers live as long as the block."""
    env = {**os.environ, **FOR_TESTS}
    missing = {"DATABASE_URL", "REDIS_URL"} - env.keys()
    if not missing:
        yield env
        return
    folder = Path(tempfile.mkdtemp(prefix="afterschool-test-", dir=_quick_place()))
    folder.chmod(0o755)
    services = Services(folder, durable=False)
    try:
        if "DATABASE_URL" in missing:
            services.start_postgres()
            env["DATABASE_URL"] = services.database_url
        if "REDIS_URL" in missing:
            services.start_redis()
            env["REDIS_URL"] = services.redis_url
        yield env
    finally:
        services.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _quick_place() -> str:
    """Memory where there is plenty of it: thousands of emptied tables wait for a disk. Short enough for sockets."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes the folder
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else "/tmp"  # noqa: S108 - mkdtemp makes the folder


def main() -> int:
    if "--" not in sys.argv:
        print(__doc__, file=sys.stderr)
        return 2
    command = sys.argv[sys.argv.index("--") + 1 :]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with throw_away_services() as env:
        code = _run(command, env)
    return code if code >= 0 else 128 - code


def _run(command: list[str], env: dict[str, str]) -> int:
    """The command's exit code, negative where a signal ended it. A request to stop is handed on to the command."""
    early: list[int] = []  # a stop heard while the command is being born may not lose the child
    signal.signal(signal.SIGTERM, lambda number, _: early.append(number))
    with subprocess.Popen(command, env=env) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        if early:
            process.terminate()
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the command heard it too and tidies up
                return process.wait()


if __name__ == "__main__":
    sys.exit(main())
