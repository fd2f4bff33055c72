"""收支公示表: the figures of a locked month as plain values, with nobody's name in them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Sum

from afterschool.errors import NoRule
from afterschool.plans.models import Offering
from afterschool.policy import disclosure, expenses, load, rates, settlement
from afterschool.policy.book import Policy
from afterschool.policy.rule import Case
from afterschool.schools.rules import case_of
from afterschool.templatetags.words import grade_name
from attendance.models import Session
from billing.models import Charge, Expense, FeeMonth, Fund, Refund
from billing.selectors.corrections import Since
from billing.selectors.costs import SPENT_HERE
from billing.selectors.subsidies import lowered_by, lowers_fees
from billing.selectors.terms import Together, together

from . import suppression
from .corrections import corrections_of
from .hours import how_paid
from .meals import meals_of
from .meeting import refuse_unequal, subsidy_left
from .suppression import Fee, Line

OF_SUBSIDY = "（财政补助）"  # ends the word of an expense that the subsidy paid
SHOWN_DAYS = 10  # where the policy does not say how long; the page stays readable afterwards


def content_of(fee_month: FeeMonth, *, version: int, reason: str) -> dict:
    """All that the public page tells. Refuses where the sums do not meet, among themselves or with the ledger."""
    school, policy, since = fee_month.school, load(fee_month.policy), Since.of(fee_month)
    charges, term = list(fee_month.charges.select_related("item__offering")), together(fee_month)
    fees = _fees(charges)
    income = [*_opening(fee_month, term), *_told(suppression.fee_lines(fees)), *_subsidy(fee_month), *_borne(since)]
    spent, refunds = _expenses(fee_month, policy, since), _told(_refunds(fee_month, charges, term))
    sums = _sums(income, spent, refunds)
    refuse_unequal(fee_month, charges, sums, since, term)
    return {
        "school": {"name": school.name, "code": school.code, "bureau": school.bureau.name},
        "month": f"{fee_month.month:%Y-%m}",
        "version": version,
        "reason": reason,
        "policy": {"code": policy.code, "title": policy.title, "short": policy.short},
        "service_days": [day.isoformat() for day in _service_days(fee_month, charges)],
        "participation": suppression.participation(fees),
        "rates": _rates(charges),
        "income": income,
        "expense": spent,
        "refund": refunds,
        "sums": sums,
        **meals_of(fee_month),
        "corrections": corrections_of(fee_month),
        "waiting_fen": since.less_fen,
        "carried_fen": term.carried_out.fen if term else 0,
        "rules": _rules(policy, fee_month.month, case_of(school)),
        "hotline": {"of": school.bureau.name, "phone": school.bureau.phone},
        "shown_days": disclosure.posted_days(policy, fee_month.month) or SHOWN_DAYS,
    }


def _sums(income: list[dict], spent: list[dict], refunds: list[dict]) -> dict[str, int]:
    parts = {"income": income, "expense": spent, "refund": refunds}
    sums = {name: sum(line["fen"] for line in lines) for name, lines in parts.items()}
    return {**sums, "balance": sums["income"] - sums["expense"] - sums["refund"]}


def _told(lines: Iterable[Line]) -> list[dict]:
    return [line.told() for line in lines]


def _fees(charges: list[Charge]) -> list[Fee]:
    """Each beside the whole price: the month's, or of a rate by lesson or day the most that it came to."""
    most: dict[tuple[int, int], int] = {}
    for charge in charges:
        key = (charge.item.offering_id, charge.item.fee_fen)
        by_month = charge.item.unit == Offering.Unit.MONTH
        most[key] = charge.item.fee_fen if by_month else max(charge.gross_fen, most.get(key, 0))
    return [
        Fee(
            charge.student_id,
            charge.item.offering.name,
            most[charge.item.offering_id, charge.item.fee_fen] - charge.subsidised_fen,
            charge.waived_fen,
            charge.net_fen,
        )
        for charge in charges
    ]


def _service_days(fee_month: FeeMonth, charges: list[Charge]) -> list[date]:
    """The days charged for; where nothing is charged, those on which a session was held."""
    if charges:
        days = {day for charge in charges for day in charge.days}
        return sorted(day for day in days if fee_month.month <= day <= fee_month.last_on)
    held = Session.objects.held().filter(school=fee_month.school_id, day__range=(fee_month.month, fee_month.last_on))
    return list(held.order_by("day").values_list("day", flat=True).distinct())


def _rates(charges: list[Charge]) -> list[dict]:
    """What each service costs a unit, and by which clause it may."""
    found: dict[tuple[str, int, str], tuple[set[int], list[dict]]] = {}
    for charge in charges:
        key = (charge.item.offering.name, charge.item.fee_fen, charge.item.unit)
        found.setdefault(key, (set(), charge.cites))[0].add(charge.grade)
    return [
        {"label": name, "fen": fen, "unit": unit, "grades": sorted(grades), "cite": cites[0]["label"] if cites else ""}
        for (name, fen, unit), (grades, cites) in sorted(found.items())
    ]


def _opening(fee_month: FeeMonth, term: Together | None) -> list[dict]:
    """What the subsidies of earlier months left over. Fees leave nothing: their surplus went back, but in a term that is
    settled as one, where the earlier months' is carried on."""
    lines = [Line("上期结转", subsidy_left(fee_month, "lt"))]
    if term and term.earlier:
        lines.append(Line("本学期前几个月的课后服务费结转", term.carried_in.fen))
    return _told(lines)


def _subsidy(fee_month: FeeMonth) -> list[dict]:
    """What came, each payer's own line; or what the budget pays instead of families, whether it came yet or not."""
    if lowers_fees(fee_month):
        return _told([Line("财政补助（替家长付的部分）", lowered_by(fee_month).fen)])
    came = fee_month.subsidies.order_by("payer").values_list("payer").annotate(fen=Sum("amount_fen"))
    lines = [Line(f"财政补助（{payer}）" if payer else "财政补助", fen) for payer, fen in came]
    return _told(lines or [Line("财政补助", 0)])


def _borne(since: Since) -> list[dict]:
    """A shortfall is the school's, grade by grade; so is what a cost was more than booked."""
    short = [group for group in since.groups if group["borne_fen"]]
    lines = [Line(f"学校承担{grade_name(group['grade'])}不足部分", group["borne_fen"]) for group in short]
    return _told([*lines, *([Line("学校承担更正补记的支出", since.more_fen)] if since.more_fen else [])])


def _expenses(fee_month: FeeMonth, policy: Policy, since: Since) -> list[dict]:
    """By category and fund, in the policy's order; each with how it was worked out, never in free text."""
    approved = list(fee_month.expenses.filter(state=Expense.State.APPROVED).defer("voucher").select_related("sheet"))
    lines = []
    for fund in SPENT_HERE:
        for category in expenses.categories(policy, fee_month.month, fund.in_policy):
            rows = [row for row in approved if (row.fund, row.category) == (fund, category.key)]
            mended = [one for one in since.adjustments if (one.fund, one.category) == (fund, category.key)]
            if rows or mended:
                label = category.label + (OF_SUBSIDY if fund == Fund.SUBSIDY else "")
                fen = sum(row.amount_fen for row in rows) + sum(one.signed_fen for one in mended)
                how = [_how(rows)] * bool(rows) + [f"更正 {len(mended)} 笔"] * bool(mended)
                lines.append({**Line(label, fen).told(), "how": "，".join(how), "cite": category.cite.label})
    return lines


def _how(rows: list[Expense]) -> str:
    sheets = [row.sheet for row in rows if row.sheet]
    if sheets and len(sheets) == len(rows):
        return how_paid(list(sheets[0].lines.all()))
    # Said only of what can be shown: the scans lie with the costs.
    return f"{len(rows)} 笔，票据均已扫描" if all(row.is_scanned for row in rows) else f"{len(rows)} 笔"


def _refunds(fee_month: FeeMonth, charges: list[Charge], term: Together | None) -> list[Line]:
    due = fee_month.refunds.exclude(state=Refund.State.DRAFT).values_list("cause", "student_id", "amount_fen")
    by_cause = {
        cause: ([fen for its, _, fen in due if its == cause], frozenset(who for its, who, _ in due if its == cause))
        for cause in Refund.Cause.values
    }
    remitted = _remitted(fee_month, charges, term)
    always = {"withdrawal": "中途退出", "surplus": "月末结余，全部返还"}
    seldom = {
        "absence": "缺勤退费",
        "cancelled": "学校停课退费",
        "force_majeure": "不可抗力停课退费",
        "waiver": "补办减免退费",
    }
    lines = [
        *(Line(said, sum(by_cause[cause][0]), by_cause[cause][1]) for cause, said in always.items()),
        *(
            Line(said, sum(by_cause[cause][0]), by_cause[cause][1])
            for cause, said in seldom.items()
            if by_cause[cause][0]
        ),
        Line(
            "先抵还没有交的费用",
            sum(fen for _, fen in remitted),
            frozenset(student for student, _ in remitted),
        ),
    ]
    return suppression.merge_small(lines, whole="退给家长", rest="其他退费（人数少，合并列出）")


def _remitted(fee_month: FeeMonth, charges: list[Charge], term: Together | None) -> list[tuple[int, int]]:
    """What need not be paid any more by what this month gave back, of its own charges or of its term's: whose, and fen."""
    name = f"{fee_month.month:%Y-%m}"
    of_term = list(Charge.objects.filter(fee_month__in=term.earlier)) if term and term.is_last else []
    return [
        (charge.student_id, kept["fen"])
        for charge in [*charges, *of_term]
        for kept in charge.remissions
        if kept.get("settled_in") == name or (charge.fee_month_id == fee_month.pk and not kept.get("settled_in"))
    ]


def _rules(policy: Policy, on: date, case: Case) -> list[dict]:
    """The sentences the sheet rests on, where the policy has them."""
    settled = "据实结算、多退少不补：结余全部退还，不足由学校承担，不向家长补收"
    questions = (
        lambda: (settled, settlement.rule(policy, on).cite),
        lambda: ((basis := rates.basis(policy, on, case)).because, basis.cite),
        lambda: ((rule := disclosure.rule(policy, on)).because, rule.cite),
    )
    told = []
    for question in questions:
        try:
            say, cite = question()
        except NoRule:
            continue
        told.append({"say": say, "cite": cite.label if cite else ""})
    return told
