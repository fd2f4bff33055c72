"""Handovers a second through HTTP, one by one and in batches of ten, beside the least that could write a row.

    make bench NAME=gate ARGS="--seconds 8 --json"

Its own PostgreSQL keeps what it has said (fsync), its gunicorns are set up as in production: two workers of four threads.
The floor is a bare Django view that knows who asks and inserts one row in a transaction. The three take turns within one
run. Every handover is of another child: judged, written in ink, derived, and told to both parents.
The last line is one JSON object: rates, ratios to the floor's, and milliseconds of single handovers.
"""

import argparse
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Lock
from uuid import uuid4

from scripts.processes import wait_until
from scripts.services import Services

ROUNDS, HANDS, BATCH = 4, 8, 10
CSRF = "0123456789abcdef0123456789abcdef"
FLOOR, HOUSE = 8741, 8742
_sequence = count(1)
Ask = Callable[[http.client.HTTPConnection], int]  # rows written


@contextlib.contextmanager
def house() -> Iterator[None]:
    """PostgreSQL and Redis as in production, and both gunicorns."""
    with tempfile.TemporaryDirectory(prefix="afterschool-bench-") as folder:
        Path(folder).chmod(0o755)
        services = Services(Path(folder))
        services.start_postgres()
        services.start_redis()
        os.environ |= {
            "DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url, "AFTERSCHOOL_MODE": "local",
            "AFTERSCHOOL_TESTING": "", "DJANGO_SETTINGS_MODULE": "afterschool.settings",
        }  # fmt: skip
        try:
            yield
        finally:
            services.stop()


@contextlib.contextmanager
def serving(port: int, settings: str) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "afterschool.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class",
               "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "30", "--log-level", "warning"]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": settings})
    try:
        if not wait_until(lambda: _answers(port), 30):
            raise RuntimeError(f"nobody answers on {port}")
        yield
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    return False


class NobodyLeft(Exception):
    """Every child has gone home: the machine is quicker than the crowd is large."""


class Crowd:
    """Children handed out one after another, each from another gate than the one before. What their devices say is written
    down beforehand: a telephone does that, not the server's processor.
    """

    def __init__(self, gates: list, at_once: int):
        places = range(0, len(gates[0].waiting), at_once)
        self.queue = [_said(gate, gate.waiting[n : n + at_once]) for n in places for gate in gates]
        self.lock, self.at_once = Lock(), at_once

    def ask(self, connection: http.client.HTTPConnection) -> int:
        with self.lock:
            if not self.queue:
                raise NobodyLeft
            headers, body = self.queue.pop()
        connection.request("POST", "/attendance/gate/events/", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        outcomes = [one["outcome"] for one in json.loads(said)["events"]] if answer.status == 200 else [str(said[:300])]
        if outcomes != ["accepted"] * self.at_once:
            raise RuntimeError(f"{answer.status}: {outcomes}")
        return self.at_once


def _said(gate, children) -> tuple[dict[str, str], bytes]:
    """Each tap eleven seconds after the one before: nobody is held for haste."""
    now, events = time.time(), []
    for place, (child, adult) in enumerate(children):
        claimed = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now - 11 * (len(children) - place)))
        events.append({"uid": str(uuid4()), "sequence": next(_sequence), "claimed_at": claimed, "kind": "release",
                       "student": child, "mode": "collected", "adult": adult})  # fmt: skip
    body = json.dumps({"device": str(uuid4()), "list": gate.given, "school": gate.school, "events": events}).encode()
    headers = {"Content-Type": "application/json", "X-CSRFToken": CSRF,
               "Cookie": f"sessionid={gate.cookie}; csrftoken={CSRF}"}  # fmt: skip
    return headers, body


def bare_row(cookie: str) -> Ask:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"sessionid={cookie}"}

    def ask(connection) -> int:
        connection.request("POST", "/rows/", "text=17%3A42", headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(answer.status)
        return 1

    return ask


def drive(port: int, ask: Ask, seconds: float) -> tuple[int, float, list[float]]:
    """Rows, seconds, and how long each request took: eight connections, each asks again as soon as it is answered."""
    end = time.perf_counter() + seconds

    def hand(_) -> tuple[int, list[float]]:
        connection, rows, took = http.client.HTTPConnection("127.0.0.1", port), 0, []
        while (began := time.perf_counter()) < end:
            try:
                rows += ask(connection)
            except NobodyLeft:
                break
            took.append(time.perf_counter() - began)
        connection.close()
        return rows, took

    began = time.perf_counter()
    with ThreadPoolExecutor(HANDS) as pool:
        hands = list(pool.map(hand, range(HANDS)))
    return sum(rows for rows, _ in hands), time.perf_counter() - began, [one for _, took in hands for one in took]


def crowded(schools: int, sections: int) -> list:
    """Fill the books; every gate of every school."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.gate_crowd import gather

    call_command("migrate", verbosity=0)
    gates = gather(schools, sections)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as after a night
    return gates


def measure(gates: list, seconds: float) -> dict:
    singles, batches = Crowd(gates[::4], 1), Crowd([gate for place, gate in enumerate(gates) if place % 4], BATCH)
    asks = {
        "floor": (FLOOR, bare_row(gates[0].cookie)),
        "single": (HOUSE, singles.ask),
        "batch": (HOUSE, batches.ask),
    }
    rows, spent, took = dict.fromkeys(asks, 0), dict.fromkeys(asks, 0.0), {name: [] for name in asks}
    with serving(FLOOR, "benchmarks.gate_floor"), serving(HOUSE, "afterschool.settings"):
        for port, ask in asks.values():  # warm: connections, caches, plans
            drive(port, ask, 0.3)
        for _ in range(ROUNDS):
            for name, (port, ask) in asks.items():
                done, lasted, each = drive(port, ask, seconds / ROUNDS)
                rows[name] += done
                spent[name] += lasted
                took[name] += each
    return figures({name: rows[name] / spent[name] for name in asks}, took)


def figures(rate: dict[str, float], took: dict[str, list[float]]) -> dict:
    return {
        "floor_rows_s": round(rate["floor"]),
        "single_s": round(rate["single"]),
        "batch_rows_s": round(rate["batch"]),
        "single_ratio": round(rate["single"] / rate["floor"], 3),
        "batch_ratio": round(rate["batch"] / rate["floor"], 3),
        **{f"p{p}_ms": _percentile(took["single"], p) for p in (50, 95, 99)},
        **{f"floor_p{p}_ms": _percentile(took["floor"], p) for p in (50, 95, 99)},
    }


def _percentile(seconds: list[float], percent: int) -> float:
    return round(1000 * sorted(seconds)[min(len(seconds) - 1, len(seconds) * percent // 100)], 1)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=8, help="of each of the three")
    asked.add_argument("--schools", type=int, default=24)
    asked.add_argument("--sections", type=int, default=8, help="of each school, forty children each")
    asked.add_argument("--json", action="store_true")
    wanted = asked.parse_args()
    with house():
        found = measure(crowded(wanted.schools, wanted.sections), wanted.seconds)
    if not wanted.json:
        for name, figure in found.items():
            print(f"{name:14} {figure}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
