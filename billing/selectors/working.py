"""The lines of a statement that wait for a person, each with all that it may be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Sum
from django.urls import reverse

from afterschool.money import ZERO, Money
from afterschool.schools.models import SchoolClass
from afterschool.templatetags.words import class_name, day
from billing import matching
from billing.meals.selectors.purse import eaters_of
from billing.meals.selectors.purse import purses as purses_of
from billing.models import BankLine, Charge, Fund, Payout, Receipt
from billing.suggestions import Suggestion, suggest

from .outflows import Offer, offers
from .returned import come_back, offered
from .students import children_of
from .transit import Settled, fees, settlements
from .typed import typed_for


@dataclass(frozen=True)
class Answer:
    """One thing that a line may be: a button, and why it is there."""

    word: str
    url: str
    fields: dict[str, str]
    reason: str = ""


@dataclass(frozen=True)
class Waiting:
    line: BankLine
    answers: Sequence[Answer] = field(default_factory=list)
    settles: bool = False  # WeChat may have paid it out: a fee can be typed
    comes_back: bool = False  # a refund may have come back: its payee can be typed


def waiting(lines: Collection[BankLine]) -> list[Waiting]:
    """As many queries for one line as for a hundred. The likeliest answer first."""
    came = [line for line in lines if line.in_fen]
    typed, papers, children = typed_for(came), offers(lines), _children(came)
    settled, kept, back = settlements(came), fees(lines), come_back(came)
    owed = _owed({one.child.pk for some in children.values() for one in some})
    purses = _purses(came)
    return [
        Waiting(
            line,
            [
                *([_is_transit(line, settled[line.pk])] if line.pk in settled else []),
                *([_is_fee(line)] if line.pk in kept else []),
                *(_is_back(line, row) for row in offered(line, back.get(line.pk, []))),
                *(_is_paper(line, offer) for offer in papers.get(line.pk, ())),
                *(_is_receipt(line, receipt) for receipt in typed.get(line.serial, ())),
                *(
                    answer
                    for one in children.get(line.pk, ())
                    for answer in _is_childs(line, one, owed, purses, another=_asked(line, one, typed))
                ),
            ],
            settles=line.pk in settled,
            comes_back=bool(back.get(line.pk)),
        )
        for line in lines
    ]


def _is_transit(line: BankLine, days: Settled | None) -> Answer:
    """With the fee that the days it stands for leave; without, where no whole days fit."""
    url, fee = reverse("billing:line-transit", args=[line.pk]), days.fee if days else ZERO
    if days is None or not fee:
        return Answer(
            "微信支付结算到账，不是新的缴费", url, {}, _days(days) if days else "和哪几天的付款都对不上，请看手续费"
        )
    return Answer(f"微信支付结算到账，扣了手续费 {fee} 元，由学校承担", url, {"fee": fee.plain()}, _days(days))


def _days(settled: Settled) -> str:
    first, last = day(settled.first), day(settled.last)
    return f"{first}{'' if first == last else f'至{last}'}家长付的 {settled.gross} 元"


def _is_fee(line: BankLine) -> Answer:
    return Answer("微信支付的手续费，由学校承担", reverse("billing:line-transit", args=[line.pk]), {})


def _is_back(line: BankLine, row: Payout) -> Answer:
    word = f"退汇：退给 {row.payee} 的第 {row.batch.number} 批第 {row.row} 行"
    reason = f"{day(row.paid_on)}到账的，编进下一批重办" if row.paid_on else "银行回单已经说退回，不再记账"
    return Answer(word, reverse("billing:line-back", args=[line.pk]), {"payout": str(row.pk)}, reason)


def _is_paper(line: BankLine, offer: Offer) -> Answer:
    return Answer(offer.word, reverse("billing:line-outflow", args=[line.pk]), {"paper": offer.key})


def _is_receipt(line: BankLine, receipt: Receipt) -> Answer:
    word = f"就是收据 {receipt.number} 号（{day(receipt.on)} {receipt.payer}），认领"
    return Answer(word, reverse("billing:line-link", args=[line.pk]), {"receipt": str(receipt.pk)})


def _is_childs(
    line: BankLine, one: Suggestion, owed: Mapping[int, int], purses: Mapping[int, Money], *, another: bool
) -> Sequence[Answer]:
    """The child's fee; of who has ordered meals also the meals', first where the payer wrote so."""
    child = one.child
    place = class_name(SchoolClass(grade=child.grade, number=child.class_number))
    more = {"another": "1"} if another else {}

    def answer(what: str, owed_fen: int, fields: dict[str, str]) -> Answer:
        word = f"{'另外一笔，' if another else ''}记为 {place} {child.name} 的{what}"
        reason = "，".join(filter(None, [one.reason, f"还欠 {Money(owed_fen)} 元" if owed_fen else ""]))
        return Answer(word, reverse("billing:line-match", args=[line.pk]), {"student": child.number} | fields, reason)

    fee = answer("缴费", owed.get(child.pk, 0), more)
    if child.pk not in purses:
        return [fee]
    meals = answer("餐费", max(0, -purses[child.pk].fen), more | {"fund": Fund.MEAL.value})
    return [meals, fee] if matching.is_for_meals(line.memo) else [fee, meals]


def _asked(line: BankLine, one: Suggestion, typed) -> bool:
    """Whether the books already hold what may be this child's payment: it is offered first."""
    return one.child.pk == line.suggested_id and bool(typed.get(line.serial))


def _children(lines: Sequence[BankLine]) -> dict[int, list[Suggestion]]:
    if not lines:
        return {}
    school, payers = matching.School(children_of(lines[0].school)), _paid_before(lines)
    found = {}
    for line in lines:
        some = suggest(school, line.memo, line.payer, payers.get(line.payer_account, ()))
        chosen = school.by_pk.get(line.suggested_id) if line.suggested_id else None
        known = {one.child.pk for one in some}
        found[line.pk] = some if chosen is None or chosen.pk in known else [Suggestion(chosen, ""), *some]
    return found


def _paid_before(lines: Iterable[BankLine]) -> dict[str, list[int]]:
    """For whom each account has paid before, the last first."""
    accounts = {line.payer_account for line in lines if line.payer_account}
    receipts = Receipt.objects.standing().filter(school=next(iter(lines)).school_id, payer_account__in=accounts)
    found: dict[str, list[int]] = defaultdict(list)
    for account, student in receipts.order_by("-number").values_list("payer_account", "student"):
        if student not in found[account]:
            found[account].append(student)
    return found


def _purses(lines: Sequence[BankLine]) -> dict[int, Money]:
    """Of those who have ordered meals: what they have in store, below zero what they owe."""
    eaters = eaters_of(lines[0].school) if lines else set()
    held = purses_of(eaters) if eaters else {}
    return {child: held.get(child, ZERO) for child in eaters}


def _owed(students: Collection[int]) -> dict[int, int]:
    left = Sum(F("net_fen") - F("remitted_fen") - F("paid_fen"))
    rows = Charge.objects.filter(student__in=students).order_by().values("student").annotate(fen=left)
    return dict(rows.values_list("student", "fen"))
