"""A made-up city at the end of a month, written by the set: children under signed agreements, their attendance, their bank.

Only what month end begins with is made here; foreign keys rest meanwhile, since every row is told by its number.
"""

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.demo.books import HEADS
from afterschool.demo.town import SURNAMES
from afterschool.money import Money
from afterschool.plans.models import Offering, Plan
from afterschool.schools.actions.calendar import fill_calendar
from afterschool.schools.calendar import service_days
from afterschool.schools.models import Guardianship, School, SchoolClass, Student, Term
from afterschool.xlsx import Column, Sheet, write_xlsx
from attendance.models import DayClose, Mark, Session
from billing import actions as billing
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section, Waiver
from tests import cast

MONTH = date(2026, 10, 1)
LAST = date(2026, 10, 31)
NOW = datetime(2026, 11, 3, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
A_SCHOOL = 753  # children, so that 700,000 are 930 schools
GRADES, IN_A_CLASS = 6, 45
FEE = Money(200_00)
CONTENT = "家长自愿申请，学校按公布的时间、内容和标准提供课后服务，按月结算，多退少不补。" * 20
COSTS = (("outside_pay", 118), ("electricity", 19), ("consumables", 14))  # yuan a child; the last is grade 1's alone
RULES = Path(__file__).with_suffix(".toml").read_text()

# Each child with what its month rests on. `dice` is the same in every run. Behind the last school there is one more of the
# same size, which is not counted: its month is settled first.
CHILDREN = """
CREATE TABLE city.child AS
WITH seats AS (
  SELECT n, n * {schools} / {students} AS place FROM generate_series(0, {students}::bigint * ({schools} + 1) / {schools} - 1) n
), rows AS (
  SELECT *, n - (place * {students} + {schools} - 1) / {schools} AS k,
    ((place + 1) * {students} + {schools} - 1) / {schools} - (place * {students} + {schools} - 1) / {schools} AS size,
    abs(hashint8(n)::bigint) AS dice
  FROM seats
), classes AS (SELECT *, (size + {grades} * {in_a_class} - 1) / ({grades} * {in_a_class}) AS a_grade FROM rows)
SELECT n + 1 AS id, place + 1 AS school_id, k, dice, size,
  1000 * (place + 1) + k * {grades} * a_grade / size AS class_id,
  1 + k * {grades} * a_grade / size / a_grade AS grade,
  1 + mod(k * {grades} * a_grade / size, a_grade) AS number,
  substr('{surnames}', 1 + mod(k, 40)::int, 1) || substr('{given}', 1 + mod(k / 40, 40)::int, 1)
    || substr('{given}', 1 + (k / 1600)::int, 1) AS name,
  CASE WHEN mod(dice, 100) < 6 THEN date '2026-10-15' ELSE date '2026-09-01' END AS began_on,
  CASE WHEN mod(dice, 100) IN (6, 7) THEN date '2026-10-20' END AS left_on,
  CASE WHEN mod(dice, 100) IN (8, 9, 10) THEN 100 WHEN mod(dice, 100) IN (11, 12, 13) THEN 50 ELSE 0 END AS waived,
  CASE WHEN mod(dice / 100, 100) < 10 THEN 1 + mod(dice / 10000, 10) END AS ill_from
FROM classes
"""
# What a family pays: mostly what is asked, some half of it, some for two months at once, some nothing.
PAYS = """
CASE WHEN waived = 100 OR left_on IS NOT NULL OR mod(dice / 100, 100) = 99 THEN 0 WHEN mod(dice / 100, 100) = 98 THEN 10000
  WHEN mod(dice / 100, 100) = 97 THEN 40000 ELSE 20000 * (100 - waived) / 100 END
"""


@dataclass(frozen=True)
class City:
    clerk: Actor
    reviewer: Actor
    statements: Path

    def statement(self, school_id: int) -> bytes:
        return (self.statements / f"{school_id}.xlsx").read_bytes()


def found(students: int, statements: Path) -> City:
    """Everything but the schools' own papers, which `prepare` writes school by school."""
    assert not School.objects.exists(), "a city needs a database of its own"
    bureau, schools = cast.make_bureau(), max(1, round(students / A_SCHOOL))
    cast.adopt(bureau, RULES, began_on=date(2026, 9, 1))
    fill_calendar(bureau, MONTH.year, by=Actor.system("benchmark"))
    term, clerk, reviewer = cast.make_term(bureau), cast.make_person("孙会计"), cast.make_person("赵复核")
    with at_rest(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA city")
        words = {"students": students, "schools": schools, "grades": GRADES, "in_a_class": IN_A_CLASS}
        cursor.execute(CHILDREN.format(**words, surnames=SURNAMES[:40], given=SURNAMES[::-1]))
        _schools(bureau, term)
        _children(clerk)
        _seats(term)
        days = service_days(School.objects.earliest("pk"), range(1, 6), MONTH, LAST)
        _attendance(days, clerk)
        cursor.execute("CREATE INDEX ON city.child (school_id)")
    actors = (Actor(person.name, person.pk) for person in (clerk, reviewer))
    return City(*actors, statements)


@contextmanager
def at_rest():
    """Neither keys nor triggers are looked at; afterwards the planner knows the tables.

    Empty ones it must not know: it would plan to read them whole, and a connection keeps to its plans while they grow.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
        for line in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(line)
        for model in apps.get_models():
            if model._base_manager.exists():
                cursor.execute(f'VACUUM ANALYZE "{model._meta.db_table}"')


def spread(like: Model, source: str, **columns: str) -> None:
    """One row for each of the source's: `columns` are told in SQL, all others are as in `like`."""
    fields = [field for field in like._meta.concrete_fields if field.column in columns or not field.primary_key]
    alike = [field for field in fields if field.column not in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(columns.get(field.column, "%s") for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{like._meta.db_table}" ({names}) SELECT {values} FROM {source}',
            [field.get_db_prep_save(field.pre_save(like, add=True), connection) for field in alike],
        )


def _schools(bureau, term) -> None:
    places = "(SELECT school_id AS id FROM city.child GROUP BY 1) place"
    school = School(bureau=bureau, stage="primary", phone="0411-85550100", bank_account="3400200000001234567")
    spread(school, places, id="id", name="'第 ' || id || ' 小学'", code="lpad(id::text, 10, '0')")
    plan = Plan(term=term, state=Plan.State.IN_FORCE)
    spread(plan, places, id="id", school_id="id")
    weekdays, hours = [1, 2, 3, 4, 5], {"starts_at": time(15, 40), "ends_at": time(17, 30)}
    care = Offering(name="课后托管", grades=list(range(1, 7)), weekdays=weekdays, fee_fen=FEE.fen, **hours)
    spread(care, places, id="id", school_id="id", plan_id="id")
    classes = "(SELECT class_id, school_id, grade, number FROM city.child GROUP BY 1, 2, 3, 4) class"
    a_class = {"id": "class_id", "school_id": "school_id"}
    spread(SchoolClass(school_year=2026), classes, **a_class, grade="grade", number="number")
    said = "grade || '年级' || number || '班'"
    spread(Section(term=term), classes, **a_class, offering_id="school_id", school_class_id="class_id", name=said)


def _children(clerk: Person) -> None:
    ours = {"school_id": "school_id", "student_id": "id"}
    names = {"name": "name", "sort_key": "name", "number": "'G' || lpad(id::text, 18, '0')"}
    placed = {"school_id": "school_id", "school_class_id": "class_id", "left_on": "left_on"}
    spread(Student(sex="F", born_on=date(2018, 3, 1)), "city.child", id="id", **names, **placed)
    spread(Person(), "city.child", id="1000 + id", name="left(name, 1) || '家长'", phone="(13700000000 + id)::text")
    tie = Guardianship(relation="母亲", is_primary=True, began_on=cast.LONG_AGO)
    spread(tie, "city.child", **ours, person_id="1000 + id")
    waiver = Waiver(evidence="证明", state=Waiver.State.GRANTED, asked_by=clerk, began_on=date(2026, 9, 1))
    group = "CASE waived WHEN 100 THEN 'registered_poor' ELSE 'hardship' END"
    spread(waiver, "city.child WHERE waived > 0", **ours, category=group, percent="waived")


def _seats(term: Term) -> None:
    ours = {"id": "id", "school_id": "school_id", "student_id": "id"}
    number = "'2026-' || lpad(id::text, 8, '0')"
    asked = Application(term=term, state=Application.State.SIGNED, submitted_at=NOW, answer_by=NOW)
    spread(asked, "city.child", **ours, guardian_id="1000 + id", number=number)
    signed = Agreement(
        term=term,
        text_version="1",
        content={"条款": CONTENT},
        sha256="0" * 64,
        guardian_signed_at=NOW,
        school_signed_at=NOW,
    )
    spread(signed, "city.child", **ours, application_id="id", number=number, began_on="began_on")
    item = AgreementItem(weekdays=[1, 2, 3, 4, 5], fee_fen=FEE.fen)
    spread(item, "city.child", id="id", school_id="school_id", agreement_id="id", offering_id="school_id")
    spread(Placement(), "city.child", **ours, item_id="id", section_id="class_id", began_on="began_on")


def _attendance(days: Iterable[date], clerk: Person) -> None:
    """A day of five somebody misses a day or two, every tenth child is ill for a week or more."""
    listed = ", ".join(f"date '{day}'" for day in days)
    held = f"unnest(ARRAY[{listed}]) WITH ORDINALITY AS held (day, number)"
    session = Session(starts_at=time(15, 40), ends_at=time(17, 30), taken_at=NOW, taken_by=clerk, content="作业")
    classes = f"(SELECT id AS class_id, school_id FROM schools_schoolclass) class, {held}"
    ours = {"school_id": "school_id", "section_id": "class_id"}
    spread(session, classes, id="class_id * 100 + number", day="day", **ours)
    spread(DayClose(closed_at=NOW, closed_by=clerk), f"schools_school place, {held}", school_id="place.id", day="day")
    marked = f"""(SELECT id, school_id, class_id * 100 + held.number AS session_id,
        CASE WHEN held.number BETWEEN ill_from AND ill_from + 4 + mod(id, 5) THEN 'ill'
          WHEN mod(abs(hashint8(id * 100 + held.number)::bigint), 100) < 5 THEN 'absent' ELSE 'present' END AS status
      FROM city.child, {held} WHERE day BETWEEN began_on AND coalesce(left_on, day)) mark"""
    taken = {"school_id": "school_id", "student_id": "id", "session_id": "session_id", "status": "status"}
    spread(Mark(at=NOW, by=clerk), marked, **taken)


def prepare(city: City, school_id: int) -> None:
    """One school's month is opened, its costs are entered and approved, and the bank's file lies ready."""
    school = School.objects.get(pk=school_id)
    fee_month = billing.open_month(school, month=MONTH, by=city.clerk)
    heads = school.students.count()
    for key, yuan in COSTS:
        amount, grade = Money(yuan * 100) * heads, 1 if key == COSTS[-1][0] else None
        amount = Money(amount.fen // GRADES) if grade else amount
        expense = billing.enter_expense(
            fee_month, category=key, fund="fees", amount=amount, on=LAST, payee=key, voucher_number=f"{school_id}-{key}",
            key=key, grade=grade, voucher=b"%PDF-1.7 scan", by=city.clerk,
        )  # fmt: skip
        billing.approve_expense(expense, now=NOW, by=city.reviewer)
    columns = [Column(head) for head in HEADS]
    file = write_xlsx([Sheet("交易明细", columns, list(_payments(school_id)), titles=["账户交易明细清单"])])
    (city.statements / f"{school_id}.xlsx").write_bytes(file)


def _payments(school_id: int) -> Iterable[tuple[str, ...]]:
    """Four of five write the register's number, the others class and name."""
    asked = f"SELECT id, name, grade, number, {PAYS} FROM city.child WHERE school_id = %s AND {PAYS} > 0 ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(asked, [school_id])
        for row, (pk, name, grade, number, fen) in enumerate(cursor.fetchall()):
            day = MONTH + timedelta(days=row % 20)
            by_class = f"{'一二三四五六'[grade - 1]}年级{number}班{name}课后服务费"
            memo = by_class if row % 5 == 4 else f"G{pk:018} {name}"
            account = f"6217{pk:012}"
            yield (
                f"{day}",
                "10:18:24",
                "",
                Money(fen).plain(),
                "",
                f"{name[0]}家长",
                account,
                memo,
                f"{day:%Y%m%d}{pk:010}",
            )
