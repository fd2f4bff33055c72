"""Proves production mode without Docker: Debian's PostgreSQL and Redis, gunicorn, a worker, beat, real settings.

Secrets come from files as in docker-compose.yml, DEBUG is off, static files are collected and hashed. Leaves nothing.
"""

import contextlib
import http.client
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.processes import die_with_parent, last_lines, wait_until

BASE = Path(__file__).resolve().parent.parent
HOST = "afterschool.example.org"
BEHIND_THE_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}
PATIENCE = 60  # seconds


def say(words: str) -> None:
    print(f"✓ {words}", flush=True)


def hold(fact: bool, otherwise: str) -> None:
    if not fact:
        raise SystemExit(f"✗ {otherwise}")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextlib.contextmanager
def program(command: list[str], log: Path, env: dict[str, str], user: str | None = None) -> Iterator[None]:
    """Run it beside us for the length of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=BASE,
            env=env,
            stdout=output,
            stderr=output,
            user=user,
            preexec_fn=die_with_parent(signal.SIGINT),
        )
    try:
        yield
        hold(process.poll() is None, f"{command} ended early:\n{last_lines(log)}")
    except BaseException:
        print(f"--- {log.name}\n{last_lines(log)}", file=sys.stderr)
        raise
    finally:
        process.send_signal(signal.SIGINT if command[0].endswith("/postgres") else signal.SIGTERM)
        process.wait(PATIENCE)


@contextlib.contextmanager
def debian_postgres(folder: Path) -> Iterator[str]:
    """PostgreSQL as Debian ships it, asking for a password over TCP."""
    port, password = free_port(), secrets.token_urlsafe(16)
    bin_folder = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    password_file = folder / "postgres_password"
    password_file.write_text(password)
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        for path in (folder, password_file):
            os.chown(path, account.pw_uid, account.pw_gid)
    data = str(folder / "data")
    initdb = [f"{bin_folder}/initdb", "-D", data, "-U", "afterschool", f"--pwfile={password_file}"]
    subprocess.run(
        [*initdb, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
    )
    server = [f"{bin_folder}/postgres", "-D", data, "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"]
    with program(server, folder.with_suffix(".log"), dict(os.environ), user):
        url = f"postgresql://afterschool:{password}@127.0.0.1:{port}/postgres"
        ready = [f"{bin_folder}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        hold(wait_until(lambda: subprocess.call(ready) == 0, PATIENCE), "PostgreSQL does not answer")
        yield url


@contextlib.contextmanager
def debian_redis(folder: Path) -> Iterator[str]:
    port, password = free_port(), secrets.token_urlsafe(16)
    words = f"redis-server --port {port} --bind 127.0.0.1 --requirepass {password} --appendonly yes --dir {folder}"
    with program(words.split(), folder.with_suffix(".log"), dict(os.environ)):
        yield f"redis://:{password}@127.0.0.1:{port}"


def production_environment(folder: Path, secret_values: dict[str, str]) -> dict[str, str]:
    """Nothing of the developer's own environment but PATH; every secret from a file."""
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "afterschool.settings",
        "ALLOWED_HOSTS": HOST,
        "PROXY_COUNT": "1",
        "SITE_URL": f"https://{HOST}",
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "SMS_CARRIER": "example.Sms",  # named, never called: nobody signs in here
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
    }
    for name, value in secret_values.items():
        file = folder / name.lower()
        file.write_text(value)
        env[f"{name}_FILE"] = str(file)
    return env


def manage(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE, env=env, capture_output=True, text=True)


def succeed(env: dict[str, str], *arguments: str) -> None:
    done = manage(env, *arguments)
    hold(done.returncode == 0, f"manage.py {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    say(f"manage.py {' '.join(arguments)}")


def refuse_to_start_without(name: str, env: dict[str, str]) -> None:
    without = {key: value for key, value in env.items() if key not in (name, f"{name}_FILE")}
    done = manage(without, "check")
    hold(done.returncode != 0 and name in done.stderr, f"the settings start without {name}")
    say(f"refuses to start without {name}")


def warn_without_sms(env: dict[str, str]) -> None:
    without = {key: value for key, value in env.items() if key != "SMS_CARRIER"}
    done = manage(without, "check", "--deploy", "--fail-level", "WARNING")
    hold(done.returncode != 0 and "notices.W001" in done.stderr, "no warning where codes reach nobody")
    say("warns where SMS_CARRIER only records")


def refuse_to_change_the_books(env: dict[str, str]) -> None:
    deed = "from django.db import connection; connection.cursor().execute('DELETE FROM ledger_entry')"
    done = manage(env, "shell", "-c", deed)
    hold(done.returncode != 0 and "permission denied" in done.stderr, "the role that serves may change the books")
    say("the role that serves may not change the books")


def get(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", path, headers={**BEHIND_THE_PROXY, **headers})
    return line.getresponse()


def healthy(port: int) -> bool:
    with contextlib.suppress(OSError):
        return get(port, "/healthz").status == 200
    return False


def look_around(port: int, static: Path) -> None:
    hold(wait_until(lambda: healthy(port), PATIENCE, step=0.5), "/healthz is not 200")
    say(f"/healthz {get(port, '/healthz').read().decode()}")

    hold(get(port, "/public/").status == 200, "/public/ is not 200")
    say("/public/ answers without a login")

    hashed = json.loads((static / "staticfiles.json").read_text())["paths"]["dist/app.css"]
    answer = get(port, f"/static/{hashed}")
    hold(answer.status == 200 and "immutable" in answer.headers["Cache-Control"], f"/static/{hashed} is not served")
    say(f"/static/{hashed} is served for ever")

    plain = get(port, "/public/", **{"X-Forwarded-Proto": "http"})
    hold(plain.status == 301 and plain.headers["Location"] == f"https://{HOST}/public/", "http is not sent to https")
    say("http is sent to https")

    lost = get(port, "/no-such-page/")
    hold(lost.status == 404 and b"Traceback" not in lost.read(), "the 404 page shows its insides")
    say("a lost visitor sees no insides")
    hold(get(port, "/public/", Host="evil.example.com").status == 400, "a foreign Host header is accepted")
    say("a foreign Host header is refused")


def prove(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "redis").mkdir()
    with debian_postgres(folder / "postgres") as database, debian_redis(folder / "redis") as redis:
        values = {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": database, "REDIS_URL": redis}
        env = production_environment(folder, values)
        for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
            refuse_to_start_without(name, env)
        succeed(env, "check", "--deploy", "--fail-level", "WARNING")
        warn_without_sms(env)
        succeed(env, "migrate", "--noinput", "--verbosity", "0")
        values["DATABASE_URL"] = f"postgresql://afterschool_app:{secrets.token_urlsafe(16)}@{database.split('@')[1]}"
        succeed({**env, "APP_DATABASE_URL": values["DATABASE_URL"]}, "app_role")
        env = production_environment(folder, values)
        refuse_to_change_the_books(env)
        succeed(env, "collectstatic", "--noinput", "--verbosity", "0")
        seeding = manage(env, "seed_demo")
        hold(seeding.returncode != 0, "seed_demo runs on a production database")
        hold("Unknown command" not in seeding.stderr, "there is no seed_demo")
        say("seed_demo refuses a production database")

        serve(folder, env)


def serve(folder: Path, env: dict[str, str]) -> None:
    """Web, worker and beat as in docker-compose.yml, and a look around."""
    port, python = free_port(), [sys.executable, "-m"]
    web = f"gunicorn afterschool.wsgi --bind 127.0.0.1:{port} --worker-class gthread --threads 4 --no-control-socket"
    worker = "celery -A afterschool worker --concurrency 1 --loglevel INFO"
    beat = f"celery -A afterschool beat --loglevel INFO --schedule {folder}/beat --pidfile="
    with (
        program([*python, *web.split()], folder / "web.log", env),
        program([*python, *worker.split()], folder / "worker.log", env),
        program([*python, *beat.split()], folder / "beat.log", env),
    ):
        look_around(port, Path(env["STATIC_ROOT"]))


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="afterschool-production-"))
    folder.chmod(0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        prove(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
