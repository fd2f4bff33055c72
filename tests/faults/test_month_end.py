"""A worker, the database or Redis breaks in the middle of a district's month end: it ends by itself within a minute,
with nothing lost, doubled or half done."""

import pytest

from tests.billing.machine.laws import BALANCES, LAWS

from .district import CHILDREN, MONTHS, SCHOOLS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEGIN = """
INSERT INTO jobs_job (kind, school_id, period, args, asked_by_id, state, attempts, created_at, result, error)
SELECT 'billing.month_end', s.id, %s, jsonb_build_object('month', %s::date), p.id, 'waiting', 0, now(), '{}', ''
FROM schools_school s, access_person p WHERE p.name = '秦局'
"""
STATES = "SELECT count(*) FILTER (WHERE state = 'running'), count(*) FILTER (WHERE state = 'done') FROM jobs_job WHERE period = %s"
STOPPED = "SELECT count(*) FROM pg_locks WHERE relation = 'audit_deed'::regclass AND NOT granted"
DONE = """
SELECT count(*), count(c.id), count(DISTINCT c.item_id), sum((e.id IS NOT NULL)::int), count(DISTINCT s.id)
FROM billing_feemonth m LEFT JOIN billing_charge c ON c.fee_month_id = m.id LEFT JOIN billing_settlement s ON s.fee_month_id = m.id
LEFT JOIN ledger_entry e ON e.school_id = m.school_id AND e.key = 'charge:' || to_char(m.month, 'YYYY-MM') || ':' || c.item_id
WHERE m.month = %s
"""


def kill_the_worker(house):
    house.kill("worker")
    house.all_at_work()


FAULTS = {
    "kill -9 of the worker": kill_the_worker,
    "kill -9 of one of its processes": lambda house: house.kill_a_child(),
    "restart of PostgreSQL": lambda house: house.restart_postgres(),
    "Redis flushed": lambda house: house.flush_redis(),
}


@pytest.mark.parametrize("fault, month", list(zip(FAULTS, MONTHS, strict=True)), ids=list(FAULTS))
def test_the_month_end_goes_on_by_itself(house, fault, month):
    period = f"{month:%Y-%m}"
    with house.no_deed_is_signed():
        house.ask(BEGIN, period, month)
        house.wait_for(lambda: house.ask(STATES, period)[0][0] and house.ask(STOPPED)[0][0], 40)
        FAULTS[fault](house)
    house.wait_for(lambda: house.ask(STATES, period) == [(0, SCHOOLS)], 60)

    charges = SCHOOLS * CHILDREN
    assert house.ask(DONE, month) == [(charges, charges, charges, charges, SCHOOLS)]
    for law, question in LAWS.items():
        assert house.ask(f"{BALANCES} {question}") == [], law
    assert house.ask("SELECT max(attempts) FROM jobs_job")[0][0] <= 2
