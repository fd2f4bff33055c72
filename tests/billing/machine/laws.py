"""L1–L24 of the money room as questions to PostgreSQL: whatever a question answers breaks its law.

All are asked in one statement, prepared once. What they cannot see (who may write, what was there before) is held by
`Watch`, which remembers; what the database itself refuses is attacked in tests/billing/test_machine.py.
"""

from collections.abc import Iterator

from django.db import connection

from billing.ledger.chain import BEGINNING, Said, link, number_of

BALANCES = """
WITH balance AS MATERIALIZED (
  SELECT a.kind, a.subject, sum(side.fen)::bigint AS fen FROM (
    SELECT debit_id AS account, fen FROM ledger_transfer UNION ALL SELECT credit_id, -fen FROM ledger_transfer
  ) side JOIN ledger_account a ON a.id = side.account GROUP BY a.kind, a.subject
), paid AS MATERIALIZED (
  SELECT charge_id, receipt_id, sum(fen)::bigint AS fen FROM billing_allocation GROUP BY charge_id, receipt_id
), back AS MATERIALIZED (
  SELECT charge_id, sum(amount_fen)::bigint AS fen, sum(amount_fen) FILTER (WHERE state = 'paid') AS out
  FROM billing_refund WHERE state <> 'draft' AND charge_id IS NOT NULL GROUP BY charge_id
), receipt AS MATERIALIZED (SELECT * FROM billing_receipt WHERE voided_at IS NULL
), again AS MATERIALIZED (SELECT receipt_id, sum(fen)::bigint AS fen FROM billing_setoff GROUP BY receipt_id)
"""

LAWS = {
    "L1 every voucher moves money, each transfer more than nothing": """
        SELECT e.id FROM ledger_entry e WHERE NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.entry_id = e.id)
        UNION ALL SELECT id FROM ledger_transfer WHERE fen <= 0 OR debit_id = credit_id""",
    "L2 no voucher touches two schools, and all balances come to zero": """
        SELECT t.id FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
        JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
        WHERE t.school_id <> ALL (ARRAY[e.school_id, d.school_id]) OR c.school_id <> t.school_id
        UNION ALL SELECT sum(fen) FROM balance HAVING sum(fen) <> 0""",
    "L3 a reversal is the mirror of one voucher, once, and is not reversed": """
        SELECT back.id FROM ledger_entry back JOIN ledger_entry first ON first.id = back.reverses_id
        WHERE first.reverses_id IS NOT NULL OR
          (SELECT array_agg((credit_id, debit_id, fen) ORDER BY id) FROM ledger_transfer WHERE entry_id = back.id)
          <> (SELECT array_agg((debit_id, credit_id, fen) ORDER BY id) FROM ledger_transfer WHERE entry_id = first.id)
        UNION ALL SELECT reverses_id FROM ledger_entry WHERE reverses_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1""",
    "L4 one voucher a key": """
        SELECT max(id) FROM ledger_entry GROUP BY school_id, key HAVING count(*) > 1""",
    "L5 voucher numbers run from one without gaps, in the order of booking": """
        SELECT id FROM (
          SELECT id, number, place, row_number() OVER (PARTITION BY school_id, extract(year FROM "on") ORDER BY id) AS n,
            row_number() OVER (PARTITION BY school_id ORDER BY id) AS p FROM ledger_entry
        ) e WHERE number <> n OR place <> p""",
    "L7 no more is taken for a charge than is due, and the rest of a receipt is prepaid": """
        SELECT c.id FROM billing_charge c LEFT JOIN (SELECT charge_id, sum(fen) AS fen FROM paid GROUP BY 1) p
          ON p.charge_id = c.id WHERE c.paid_fen <> coalesce(p.fen, 0) OR c.paid_fen > c.net_fen
        UNION ALL SELECT r.id FROM receipt r JOIN (SELECT receipt_id, sum(fen) AS fen FROM paid GROUP BY 1) p
          ON p.receipt_id = r.id WHERE p.fen > r.amount_fen + coalesce((SELECT fen FROM again a WHERE a.receipt_id = r.id), 0)""",
    "L8 no charge above the cap, without a published price, or outside what was signed": """
        SELECT c.id FROM billing_charge c JOIN enrollment_agreement a ON a.id = c.agreement_id
        JOIN enrollment_agreementitem i ON i.id = c.item_id JOIN plans_offering o ON o.id = i.offering_id
        JOIN plans_plan p ON p.id = o.plan_id
        WHERE c.gross_fen > 20000 OR c.gross_fen > o.fee_fen OR p.state NOT IN ('in_force', 'replaced')
          OR a.school_signed_at IS NULL OR a.began_on > c.days[1]
        UNION ALL SELECT student_id FROM billing_charge GROUP BY student_id, fee_month_id HAVING sum(gross_fen) > 20000""",
    "L9 a waiver is decided by another, and a whole one of before the charge leaves nothing to pay": """
        SELECT id FROM enrollment_waiver WHERE decided_by_id = asked_by_id
        UNION ALL SELECT id FROM billing_charge
          WHERE net_fen <> gross_fen - waived_fen - subsidised_fen OR waived_fen > gross_fen""",
    "L10 what goes back for service not given is within what was to be paid": """
        SELECT id FROM billing_charge WHERE refunded_fen + remitted_fen > net_fen""",
    "L11 a surplus is given back to the fen, a shortfall is nobody's but the school's": """
        SELECT s.id FROM billing_settlement s, jsonb_array_elements(s.groups) g WHERE s.state = 'locked'
          AND g->>'accrues' IS NULL AND (((g->>'surplus_fen')::bigint > 0 AND (g->>'refund_fen')::bigint <> (g->>'surplus_fen')::bigint)
          OR ((g->>'surplus_fen')::bigint <= 0 AND ((g->>'refund_fen')::bigint <> 0
              OR (g->>'borne_fen')::bigint <> -(g->>'surplus_fen')::bigint)))
        UNION ALL SELECT 0 FROM balance WHERE kind = 'surplus' AND fen > 0
        UNION ALL SELECT r.id FROM billing_round r, jsonb_array_elements(r.groups) g WHERE r.state = 'confirmed'
          AND least((g->>'surplus_fen')::bigint, 0) < 0 AND (g->>'refund_fen')::bigint <> 0 AND (g->>'borne_fen')::bigint = 0""",
    "L12 refunds of a charge are what it says, and within what was paid": """
        SELECT c.id FROM billing_charge c LEFT JOIN back ON back.charge_id = c.id
        WHERE c.refunded_fen <> coalesce(back.fen, 0) OR c.refunded_fen > c.paid_fen""",
    "L15 a month is locked in its turn": """
        SELECT l.id FROM billing_feemonth l JOIN billing_feemonth o ON o.school_id = l.school_id AND o.month < l.month
        WHERE l.state = 'locked' AND o.state = 'open'""",
    "L16 nobody is at two places, confirms his own hours or is paid for one duty twice": """
        SELECT a.id FROM staffing_duty a JOIN staffing_duty b ON a.person_id = b.person_id AND a.id < b.id
          AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
        UNION ALL SELECT id FROM staffing_duty WHERE confirmed_by_id = person_id
        UNION ALL SELECT d.id FROM staffing_paidduty p JOIN staffing_duty d ON d.id = p.duty_id
          WHERE d.confirmed_by_id IS NULL
        UNION ALL SELECT duty_id FROM staffing_paidduty GROUP BY duty_id HAVING count(*) > 1
        UNION ALL SELECT l.id FROM staffing_stipendline l
          WHERE l.amount_fen <> 6000 * (SELECT count(*) FROM staffing_paidduty p WHERE p.line_id = l.id)""",
    "L17 no cost outside the list": """
        SELECT id FROM billing_expense WHERE category NOT IN ('water', 'staff_stipend')
          OR (state = 'approved' AND approved_by_id = entered_by_id)""",
    "L18 a locked month's figures are those of its papers": """
        SELECT s.id FROM billing_settlement s JOIN billing_feemonth m ON m.id = s.fee_month_id
        CROSS JOIN LATERAL (SELECT coalesce(sum((g->>'charged_fen')::bigint), 0) AS charged,
          coalesce(sum((g->>'cost_fen')::bigint), 0) AS cost FROM jsonb_array_elements(s.groups) g) told
        CROSS JOIN LATERAL (SELECT array_agg(o.id) AS months FROM billing_feemonth o WHERE o.school_id = m.school_id
          AND (o.id = m.id OR (o.month < m.month AND s.groups->0->>'of_term' IS NOT NULL))) whose
        WHERE s.state = 'locked' AND (
          charged <> (SELECT coalesce(sum(net_fen), 0) FROM billing_charge WHERE fee_month_id = ANY (months))
          OR cost <> (SELECT coalesce(sum(amount_fen), 0) FROM billing_expense
            WHERE fee_month_id = ANY (months) AND state = 'approved')
          + (SELECT coalesce(sum(CASE side WHEN 'less' THEN -amount_fen ELSE amount_fen END), 0) FROM billing_adjustment
            WHERE fee_month_id = ANY (months) AND fee_month_id <> m.id AND state = 'approved'
              AND decided_at <= m.locked_at))""",
    "L19 every day charged for is a day under the agreement, and a child is marked once a session": """
        SELECT c.id FROM billing_charge c JOIN billing_feemonth m ON m.id = c.fee_month_id WHERE NOT
          (SELECT bool_and(day BETWEEN m.month AND (m.month + interval '1 month' - interval '1 day'))
             AND count(*) = count(DISTINCT day) FROM unnest(c.days) day)
        UNION ALL SELECT max(id) FROM attendance_mark GROUP BY session_id, student_id HAVING count(*) > 1""",
    "L20 what is paid out was due, once, and to who paid": """
        SELECT p.id FROM billing_payout p LEFT JOIN ledger_entry e
          ON e.school_id = p.school_id AND e.key = 'payout:' || p.id LEFT JOIN ledger_entry b
          ON b.school_id = p.school_id AND b.key = 'payout-back:' || p.id
          WHERE (p.state = 'paid' OR b.id IS NOT NULL) <> (e.id IS NOT NULL) OR (b.id IS NULL) <> (p.back_line_id IS NULL)
        UNION ALL SELECT s.id FROM billing_setoff s JOIN billing_refund r ON r.id = s.refund_id
          JOIN billing_receipt p ON p.id = s.receipt_id WHERE r.state <> 'set_off' OR p.student_id <> r.student_id
        UNION ALL SELECT r.id FROM billing_refund r LEFT JOIN billing_setoff s ON s.refund_id = r.id
          WHERE r.state = 'set_off' GROUP BY r.id HAVING coalesce(sum(s.fen), 0) <> r.amount_fen
        UNION ALL SELECT p.id FROM billing_payout p JOIN billing_payeechange c ON c.id = p.change_id
          JOIN billing_refund b ON b.id = p.refund_id WHERE c.state <> 'approved' OR c.student_id <> b.student_id
          OR (p.payee, p.payee_account) <> (c.payee, c.payee_account) OR c.decided_by_id = c.asked_by_id
        UNION ALL SELECT r.id FROM billing_refund r JOIN billing_payout p ON p.refund_id = r.id AND p.state <> 'failed'
          GROUP BY r.id HAVING sum(p.fen) > r.amount_fen
        UNION ALL SELECT p.id FROM billing_payout p JOIN billing_receipt r ON r.id = p.receipt_id
          JOIN billing_refund b ON b.id = p.refund_id
          WHERE r.student_id <> b.student_id OR (p.change_id IS NULL AND p.payee <> r.payer)
        UNION ALL SELECT 0 FROM balance WHERE kind = 'refund_payable' AND fen > 0
        UNION ALL SELECT 0 FROM balance WHERE kind = 'in_transit' AND fen < 0""",
    "L21 what a subsidy pays is within the subsidy": """
        SELECT 0 WHERE (SELECT coalesce(sum(amount_fen), 0) FROM billing_expense WHERE fund = 'subsidy')
          > (SELECT coalesce(sum(amount_fen), 0) FROM billing_subsidy)""",
    "L22 receipts are numbered from one without gaps, each with one voucher": """
        SELECT id FROM (SELECT id, number, row_number() OVER (PARTITION BY school_id ORDER BY id) AS n FROM billing_receipt) r
          WHERE number <> n
        UNION ALL SELECT r.id FROM billing_receipt r LEFT JOIN ledger_entry e
          ON e.school_id = r.school_id AND e.key = 'receipt:' || r.key WHERE e.id IS NULL""",
    "L23 every charge stands on one signed agreement of that child": """
        SELECT c.id FROM billing_charge c JOIN enrollment_agreement a ON a.id = c.agreement_id
        JOIN enrollment_agreementitem i ON i.id = c.item_id
        WHERE a.student_id <> c.student_id OR i.agreement_id <> a.id OR a.guardian_signed_at IS NULL
          OR length(a.sha256) <> 64""",
    "L24 every account is what its papers come to": """
        SELECT coalesce(p.student_id, 0) FROM (
          SELECT 'receivable' AS kind, 'student:' || student_id AS subject, sum(net_fen - remitted_fen - paid_fen) AS fen,
            student_id FROM billing_charge GROUP BY student_id
          UNION ALL SELECT 'prepaid', 'student:' || r.student_id,
            -sum(r.amount_fen + coalesce(a.fen, 0) - coalesce(u.fen, 0) - coalesce(g.fen, 0)), r.student_id
            FROM (SELECT * FROM receipt WHERE fund = 'fees') r
            LEFT JOIN (SELECT receipt_id, sum(amount_fen) AS fen FROM billing_refund
            WHERE receipt_id IS NOT NULL GROUP BY 1) g ON g.receipt_id = r.id
            LEFT JOIN (SELECT receipt_id, sum(fen) AS fen FROM paid GROUP BY 1) u ON u.receipt_id = r.id
            LEFT JOIN again a ON a.receipt_id = r.id GROUP BY r.student_id
          UNION ALL SELECT 'meal', 'student:' || student_id, -sum(amount_fen), student_id FROM receipt
            WHERE fund = 'meal' GROUP BY student_id
          UNION ALL SELECT 'refund_payable', 'student:' || student_id, -sum(amount_fen), student_id FROM billing_refund
            WHERE state IN ('payable', 'instructed', 'failed') GROUP BY student_id
        ) p FULL JOIN (SELECT * FROM balance WHERE kind IN ('receivable', 'prepaid', 'meal', 'refund_payable')) b
          ON b.kind = p.kind AND b.subject = p.subject WHERE coalesce(p.fen, 0) <> coalesce(b.fen, 0)
        UNION ALL SELECT b.school_id FROM ledger_book b
          WHERE b.entries <> (SELECT count(*) FROM ledger_entry e WHERE e.school_id = b.school_id)""",
}

SEEN = """
SELECT json_build_object(
  'charges', (SELECT json_agg(json_build_array(c.student_id, m.month, c.gross_fen, c.net_fen, c.paid_fen, c.remitted_fen,
      c.refunded_fen)) FROM billing_charge c JOIN billing_feemonth m ON m.id = c.fee_month_id),
  'refunds', (SELECT json_agg(json_build_array(
      r.student_id, m.month, r.cause, concat_ws(':', r.round, r.receipt_id) || coalesce('@' || nullif(f.month, m.month), ''),
      r.amount_fen, r.state, r.id))
    FROM billing_refund r JOIN billing_feemonth m ON m.id = r.fee_month_id LEFT JOIN billing_charge c ON c.id = r.charge_id
    LEFT JOIN billing_feemonth f ON f.id = c.fee_month_id),
  'prepaid', (SELECT json_object_agg(subject, -fen) FROM balance WHERE kind = 'prepaid' AND fen <> 0),
  'bank', (SELECT coalesce(sum(fen), 0) FROM balance WHERE kind = 'bank'),
  'transit', (SELECT coalesce(sum(fen), 0) FROM balance WHERE kind = 'in_transit'),
  'borne', (SELECT json_object_agg(subject, fen) FROM balance WHERE kind = 'deficit' AND fen <> 0))::text
"""
ASKED = (
    f"PREPARE laws AS {BALANCES} "
    + " UNION ALL ".join(
        [f"SELECT '{law.split()[0]}', broken::text FROM ({question}) one (broken)" for law, question in LAWS.items()]
        + [f"SELECT 'seen', seen FROM ({SEEN}) one (seen)"]
    )
    + " ORDER BY 1"
)
WRITTEN = [
    "ledger_entry", "ledger_transfer", "ledger_account", "ledger_book", "billing_feemonth", "billing_charge",
    "billing_receipt", "billing_refund", "billing_allocation", "billing_expense", "billing_settlement",
    "billing_setoff", "billing_payout", "billing_payeechange", "billing_bankline", "disclosures_disclosure",
    "enrollment_waiver", "enrollment_withdrawal", "enrollment_placement", "enrollment_agreement", "staffing_duty",
    "staffing_stipendsheet", "attendance_mark", "audit_deed",
]  # fmt: skip
EVERYTHING = (
    "PREPARE everything AS "
    + " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t"
        for table in WRITTEN
    )
    + " ORDER BY 1"
)  # PostgreSQL may read large tables side by side and answer as each is done
NEW_LINKS = """
SELECT e.place, e."on", e.number, e.key, e.memo, r."on", r.number, e.posted_by_id, e.posted_at, e.chain,
  array_agg(ARRAY[d.kind, d.subject, c.kind, c.subject, t.fen::text] ORDER BY t.id)
FROM ledger_entry e LEFT JOIN ledger_entry r ON r.id = e.reverses_id JOIN ledger_transfer t ON t.entry_id = e.id
JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
WHERE e.school_id = %s AND e.place > %s GROUP BY e.id, r.id ORDER BY e.place
"""


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name = 'laws'")
        if not cursor.fetchone():
            cursor.execute(ASKED)
            cursor.execute(EVERYTHING)


def ask() -> Iterator[tuple[str, str]]:
    """Every breach, and at last what the papers say in short."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE laws")
        yield from cursor.fetchall()


def everything() -> list[tuple]:
    """All rows of the money room, as a finger print of each table."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE everything")
        return cursor.fetchall()


class Watch:
    """What needs a memory: the chain (L6), a locked month's vouchers (L15), what was once promised to a family (L14)."""

    def __init__(self, school_id: int) -> None:
        self.school_id, self.place, self.head = school_id, 0, BEGINNING
        self.locked: set[str] = set()
        self.promised: dict[int, int] = {}

    def l6_links_follow(self) -> None:
        """Only new ones are read: ink holds the others. At the end of an example the book is read from its beginning."""
        with connection.cursor() as cursor:
            cursor.execute(NEW_LINKS, [self.school_id, self.place])
            for place, on, number, key, memo, r_on, r_number, who, at, chain, moves in cursor.fetchall():
                assert place == self.place + 1
                moved = [(*names, int(fen)) for *names, fen in moves]
                took_back = number_of(r_on, r_number) if r_on else None
                said = Said(number_of(on, number), on, key, memo, took_back, who, at, moved)
                self.head, self.place = link(self.head, said), place
                assert chain == self.head, f"L6: voucher {place}"
                assert f"{on:%Y-%m}" not in self.locked, f"L15: voucher {place} is dated in a locked month"

    def l14_nothing_promised_falls(self, refunds: list) -> None:
        now = {refund: fen for *_, fen, _, refund in refunds}
        fallen = {refund for refund, fen in self.promised.items() if now.get(refund, 0) < fen}
        assert not fallen, f"L14: {fallen}"
        self.promised = now
