"""How long a roster import takes: read, preview, apply, and apply again.

    make bench NAME=roster ARGS="--students 5000 --json"

The last line is one JSON object: students, and for reading and applying seconds and queries, and the peak memory in MB.
"""

import argparse
import json
import resource
import time
from datetime import date

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from afterschool.access.capabilities import Role  # noqa: E402
from afterschool.demo.founding import COLUMNS  # noqa: E402
from afterschool.demo.town import BOYS, GIRLS, SURNAMES  # noqa: E402
from afterschool.schools.actions import apply_roster, read_roster, upload_roster  # noqa: E402
from afterschool.schools.models import GRADES  # noqa: E402
from afterschool.xlsx import Column, Sheet, write_xlsx  # noqa: E402
from tests import cast  # noqa: E402

PER_CLASS = 45


def export(students: int) -> bytes:
    """A register export of one big primary school."""
    rows = [
        (
            _name(number), "女" if number % 2 else "男", date(2018, 3, 1 + number % 28), f"G{number:018}",
            GRADES[1 + number // PER_CLASS % 6], f"{1 + number // PER_CLASS // 6}班", "走读", *["否"] * 5,
            _name(number + 7), "母亲", f"137{number:08}", _name(number + 11), "父亲", f"138{number:08}",
        )
        for number in range(students)
    ]  # fmt: skip
    columns = [Column(name, "date" if name == "出生日期" else "text") for name in COLUMNS]
    return write_xlsx([Sheet("学籍信息", columns, rows, titles=["学生学籍信息导出表"])])


def _name(number: int) -> str:
    return SURNAMES[number % len(SURNAMES)] + (BOYS + GIRLS)[number % 27]


def timed(work) -> tuple[float, int]:
    """Seconds and queries of one piece of work."""
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        work()
    return round(time.perf_counter() - began, 2), len(asked)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--students", type=int, default=5000)
    asked.add_argument("--json", action="store_true", help="only the JSON line")
    options = asked.parse_args()
    call_command("migrate", verbosity=0)
    school = cast.make_school(cast.make_bureau())
    admin = cast.act(cast.make_person("何静", Role.SCHOOL_ADMIN, school))
    data = export(options.students)

    roster = upload_roster(school, "学籍导出.xlsx", data, by=admin)
    read_seconds, read_queries = timed(lambda: read_roster(roster, by=admin))
    apply_seconds, apply_queries = timed(lambda: apply_roster(roster, on=date(2026, 9, 1), by=admin))
    assert school.students.count() == options.students, "every row must have been taken"
    found = {
        "students": options.students,
        "read_seconds": read_seconds, "read_queries": read_queries,
        "apply_seconds": apply_seconds, "apply_queries": apply_queries,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    if not options.json:
        for name, value in found.items():
            print(f"{name:>16} {value}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
