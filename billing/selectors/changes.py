"""What a new draft says otherwise than the one before: the figures, the families' refunds, and why where it can be told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from afterschool.schools.models import Student
from afterschool.templatetags.words import grade_name
from billing.ledger.posting import written_since
from billing.models import Charge, Expense, Refund, Settlement

from .costs import category_labels
from .settling import Figures, refunds_drafted

COLUMNS = {
    "charged_fen": "应收",
    "withdrawn_fen": "个别退费",
    "cost_fen": "实际成本",
    "refund_fen": "退还家长",
    "borne_fen": "学校承担",
}
FEW = 5  # so many families are named; of more only the number is told


@dataclass(frozen=True)
class Change:
    """`part` is where it is told: the reasons first ("why"), then the figures ("sum") and the families ("family")."""

    part: str
    what: str
    before_fen: int
    after_fen: int


@dataclass(frozen=True)
class Part:
    word: str
    rows: list[dict]
    is_new: bool


PARTS = {"why": "因为", "sum": "结算表", "family": "各家的退费"}


def parts(kept: Iterable[dict]) -> list[Part]:
    """For the page: what a settlement keeps, in the order in which it is read."""
    told = [Part(word, [one for one in kept if one["part"] == part], part == "why") for part, word in PARTS.items()]
    return [part for part in told if part.rows]


def changes(before: Settlement, now: Figures) -> list[dict]:
    """As a settlement keeps them."""
    found = [*_figures(before.groups, now.groups), *_families(refunds_drafted(before), now.refunds())]
    return [asdict(one) for one in ([*_new_costs(before), *found] if found else [])]


def _figures(before: Sequence[Mapping], now: Sequence[Mapping]) -> list[Change]:
    """Grade by grade, each column that is other now; then the same of all together."""
    was, became = ({group["grade"]: group for group in groups} for groups in (before, now))
    found = []
    for grade in sorted(was.keys() | became.keys()):
        name = grade_name(grade) or "全校"
        one, other = was.get(grade, {}), became.get(grade, {})
        found += [_change(name + word, one.get(key, 0), other.get(key, 0)) for key, word in COLUMNS.items()]
    if len(was.keys() | became.keys()) > 1:
        sums = [[sum(group[key] for group in groups) for key in COLUMNS] for groups in (before, now)]
        found += [_change(f"合计{word}", *both) for word, *both in zip(COLUMNS.values(), *sums, strict=True)]
    return [one for one in found if one.before_fen != one.after_fen]


def _change(what: str, before_fen: int, after_fen: int) -> Change:
    return Change("sum", what, before_fen, after_fen)


def _families(before: Mapping[tuple[int, str], int], now: Mapping[tuple[int, str], int]) -> list[Change]:
    """Whose refund is other now, by its cause."""
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    whose = Charge.objects.filter(pk__in={charge for charge, _ in changed}).select_related("student")
    students = {charge.pk: charge.student for charge in whose}
    found = []
    for cause in Refund.Cause:
        keys = [key for key in changed if key[1] == cause]
        if keys:
            sums = (sum(rows.get(key, 0) for key in keys) for rows in (before, now))
            found.append(Change("family", f"{cause.label}：{_who(students[charge] for charge, _ in keys)}", *sums))
    return found


def _who(students: Iterable[Student]) -> str:
    names = {student.pk: student.name for student in students}
    told = f"{len(names)} 家"
    return f"{told}（{'、'.join(names.values())}）" if len(names) <= FEW else told


def _new_costs(before: Settlement) -> list[Change]:
    """Costs that came into the books since then."""
    fee_month, labels = before.fee_month, category_labels(before.fee_month)
    approved = fee_month.expenses.of_service().filter(state=Expense.State.APPROVED)
    costs = {_key(cost): cost for cost in approved.select_related("fee_month").defer("voucher")}
    since = written_since(fee_month.school, costs.keys(), before.drafted_at)
    return [
        Change("why", f"新增支出：{labels.get(cost.category, cost.category)}（{cost.payee}）", 0, cost.amount_fen)
        for key, cost in costs.items()
        if key in since
    ]


def _key(cost: Expense) -> str:
    return f"stipends:{cost.fee_month.month:%Y-%m}" if cost.sheet_id else f"expense:{cost.pk}"
