"""Whether everything that a month's figures were told from is still the same, row for row."""

from typing import Any

from django.db import connection

from billing.models import FeeMonth

from .terms import together

# Which rows `figures` reads. `tests/billing/test_papers.py` names the table that is missing here.
OF_MONTHS = "fee_month_id = ANY(%(months)s)"
OF_SCHOOL = "school_id = %(school)s"
OF_BUREAU = "bureau_id = %(bureau)s"
HELD = f"{OF_SCHOOL} AND day BETWEEN %(first)s AND %(last)s"
READ = {
    "billing_feemonth": OF_SCHOOL,
    "billing_charge": OF_MONTHS,
    "billing_refund": f"{OF_MONTHS} AND state <> 'draft'",
    "billing_expense": OF_MONTHS,
    "billing_adjustment": OF_MONTHS,
    "staffing_stipendsheet": OF_SCHOOL,
    "staffing_stipendline": f"sheet_id IN (SELECT id FROM staffing_stipendsheet WHERE {OF_SCHOOL})",  # noqa: S608
    "enrollment_agreement": OF_SCHOOL,
    "enrollment_agreementitem": OF_SCHOOL,
    "enrollment_placement": OF_SCHOOL,
    "enrollment_section": OF_SCHOOL,
    "enrollment_waiver": OF_SCHOOL,
    "attendance_session": HELD,
    "attendance_mark": f"session_id IN (SELECT id FROM attendance_session WHERE {HELD})",  # noqa: S608
    "plans_plan": OF_SCHOOL,
    "plans_offering": OF_SCHOOL,
    "schools_student": OF_SCHOOL,
    "schools_schoolclass": OF_SCHOOL,
    "schools_school": "id = %(school)s",
    "schools_bureau": "id = %(bureau)s",
    "schools_term": OF_BUREAU,
    "schools_calendarday": OF_BUREAU,
    "schools_calendarchange": OF_BUREAU,
    "schools_adoption": OF_BUREAU,
    "schools_policytext": "true",
}
# A row that was changed lies elsewhere, even in the same transaction; a row in its old place is signed by who wrote it.
ROW = "hashtextextended(xmin::text, hashtidextended(ctid, id))"
EVERY = " UNION ALL ".join(
    f"SELECT '{table}' AS of, count(*), bit_xor({ROW}) AS rows FROM {table} WHERE {which}"  # noqa: S608
    for table, which in READ.items()
)
FINGERPRINT = f"SELECT md5(string_agg(concat(of, count, rows), ' ' ORDER BY of)) FROM ({EVERY}) every_row"  # noqa: S608
DRAFTED = f"""SELECT md5(concat(%(read)s::text, count(*), bit_xor({ROW})))
FROM billing_refund WHERE fee_month_id = %(month)s AND state = 'draft'"""  # noqa: S608


def read_of(fee_month: FeeMonth) -> str:
    """A fingerprint of these rows: the same for as long as nobody has written one. It may change where no figure does."""
    term = together(fee_month)
    first, last = term.days if term else (fee_month.month, fee_month.last_on)
    asked: dict[str, Any] = {
        "months": [fee_month.pk, *(month.pk for month in term.earlier)] if term else [fee_month.pk],
        "school": fee_month.school_id,
        "bureau": fee_month.school.bureau_id,
        "first": min(first, fee_month.month),
        "last": max(last, fee_month.last_on),
    }
    return _asked(FINGERPRINT, asked)


def papers_of(fee_month: FeeMonth, read: str = "") -> str:
    """The same, with the refunds that were drafted. A draft keeps what was `read` before its figures were worked out: a
    waiver or a change of the calendar does not wait for the till, and one written meanwhile is in no figure."""
    return _asked(DRAFTED, {"read": read or read_of(fee_month), "month": fee_month.pk})


def _asked(sql: str, asked: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchone()[0]
