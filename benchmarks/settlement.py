"""A city's month end: charges, the bank's lines, settlement, what guardians are shown, lock, refunds; beside it the bare rows.

    make bench NAME=settlement ARGS="--students 100000 --json"

Every school goes through the actions that people's clicks call, one after another as in life: `--workers` schools side by
side, as Celery would. One more goes ahead and is not counted: the books of a city are never empty, and what PostgreSQL
plans while a table is, it keeps to while the table grows. Then the same rows are written once more by `INSERT … SELECT`
into copies of the same tables with the same keys, checks, indexes and triggers, school by school, by as many connections
(`floor.py`). Making the city (`city.py`) is not timed.

The last line is one JSON object: `seconds` by the clock and `floor_seconds`, their `ratio`, `rows` written in how many
tables, students a second, `peak_mb` of the largest process; of all workers together the seconds of each deed; and how long
the processor was at work for them, which a busy machine changes less: in Python, in PostgreSQL, for the bare rows, and the
`core_ratio` of the one to the other.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from afterschool.celery import keep_what_is_loaded  # noqa: E402
from afterschool.schools.models import School  # noqa: E402
from benchmarks import floor  # noqa: E402
from benchmarks.city import MONTH, NOW, City, found, prepare  # noqa: E402
from billing import actions as billing  # noqa: E402
from billing.models import FeeMonth, Refund  # noqa: E402
from billing.selectors.reconciling import in_book  # noqa: E402

Spent = Counter[str]
LATER = NOW + timedelta(days=4)  # when the guardians have had their say


def month_end(city: City, school_id: int) -> Spent:
    """One school's month, deed by deed. Returns what each took."""
    spent = Spent()
    fee_month = FeeMonth.objects.select_related("school").get(school=school_id, month=MONTH)
    with timed(spent, "charge"):
        billing.charge_month(fee_month, by=city.clerk)
    with timed(spent, "receive"):
        billing.import_statement(fee_month.school, file_name="10月.xlsx", data=city.statement(school_id), by=city.clerk)
    with timed(spent, "draft"):
        billing.draft_settlement(fee_month, by=city.clerk)
    with timed(spent, "show"):
        billing.show_settlement(fee_month, until=NOW.date() + timedelta(days=3), now=NOW, by=city.clerk)
    with timed(spent, "reconcile"):
        billing.reconcile(fee_month, bank=in_book(fee_month), items=[], now=LATER, by=city.clerk)
    with timed(spent, "lock"):
        billing.lock_month(fee_month, now=LATER, by=city.reviewer)
    with timed(spent, "instruct"):
        batch = billing.instruct_refunds(fee_month, now=LATER, by=city.reviewer)
    with timed(spent, "pay_out"):
        billing.payouts_paid(batch.payouts.all(), paid_on=LATER.date(), by=city.clerk)
    return spent


@contextmanager
def timed(spent: Spent, deed: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    spent[deed] += time.perf_counter() - began


class Workers:
    """Processes with a connection each, that take school after school."""

    def __init__(self, many: int, say: Callable[[str], None]) -> None:
        self.many, self.say = many, say

    def do(self, what: str, deed: Callable[[int], Spent | None], schools: list[int]) -> tuple[float, Spent, int]:
        """Seconds by the clock, the sum of what the deeds tell, and the most memory of one process in MB."""
        connections.close_all()
        keep_what_is_loaded()
        with get_context("fork").Pool(self.many, initializer=_connect) as pool:
            began, told, peak = time.perf_counter(), Spent(), 0
            for number, (spent, memory) in enumerate(pool.imap_unordered(partial(_measured, deed), schools), 1):
                told.update(spent)
                peak = max(peak, memory)
                if number % 100 == 0:
                    self.say(f"{what}: {number} of {len(schools)} schools")
            seconds = time.perf_counter() - began
        self.say(f"{what}: {seconds:.1f} s")
        return seconds, told, peak


def _connect() -> None:
    connections["default"].ensure_connection()


def _measured(deed: Callable[[int], Spent | None], school_id: int) -> tuple[Spent, int]:
    python, postgres = time.process_time(), _backend_seconds()
    spent = Spent(deed(school_id) or {})
    spent["python"] = time.process_time() - python
    spent["postgres"] = _backend_seconds() - postgres
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _backend_seconds() -> float:
    """How long the processor was at work for this connection, inside PostgreSQL, which runs on this machine."""
    backend = connections["default"].connection.info.backend_pid
    user, system = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run(students: int, workers: Workers, statements: Path) -> dict[str, object]:
    began = time.perf_counter()
    city = found(students, statements)
    schools = list(School.objects.order_by("pk").values_list("pk", flat=True))
    workers.do("prepare", partial(prepare, city), schools)
    floor.keep_months_open()
    workers.do("one school ahead", partial(month_end, city), [schools.pop()])
    floor.know_the_tables()
    workers.say(f"city: {time.perf_counter() - began:.1f} s")

    before = floor.last_keys()
    seconds, spent, peak = workers.do("month end", partial(month_end, city), schools)
    check(len(schools))
    tables = floor.grown(before)
    floor.lay(tables)
    floor_seconds, bare, _ = workers.do("floor", partial(floor.write, tables), schools)
    rows = floor.rows_of(tables)
    python, postgres = spent.pop("python"), spent.pop("postgres")
    return {
        "students": students, "schools": len(schools), "workers": workers.many, "seconds": round(seconds, 2),
        "rows": sum(rows.values()), "tables": len(rows), "floor_seconds": round(floor_seconds, 2),
        "ratio": round(seconds / floor_seconds, 2), "peak_mb": peak, "students_per_second": round(students / seconds),
        "python_seconds": round(python, 2), "postgres_seconds": round(postgres, 2),
        "floor_postgres_seconds": round(bare["postgres"], 2),
        "core_ratio": round((python + postgres) / (bare["python"] + bare["postgres"]), 2),
        "deeds": {deed: round(took, 2) for deed, took in spent.items()}, "rows_in": rows,
    }  # fmt: skip


def check(schools: int) -> None:
    """Nothing was left out."""
    assert FeeMonth.objects.filter(state=FeeMonth.State.LOCKED, month=MONTH).count() == schools + 1
    assert not Refund.objects.exclude(state=Refund.State.PAID).exists()
    assert (
        Refund.objects.filter(cause=Refund.Cause.SURPLUS).count() > Refund.objects.filter(cause="absence").count() > 0
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--students", type=int, default=10_000)
    asked.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    asked.add_argument("--json", action="store_true", help="only the JSON line")
    options = asked.parse_args()
    call_command("migrate", verbosity=0)
    say = (lambda what: None) if options.json else (lambda what: print(what, file=sys.stderr, flush=True))
    with tempfile.TemporaryDirectory() as statements:
        told = run(options.students, Workers(options.workers, say), Path(statements))
    if not options.json:
        for name, value in told.items():
            print(f"{name:>20} {value}")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
