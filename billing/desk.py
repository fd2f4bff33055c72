"""What waits for finance."""

from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from enrollment.models import Agreement

from .models import Adjustment, BankLine, Expense, FeeMonth, PayeeChange, Payout, Receipt, Refund, Round
from .selectors.advances import takes_part
from .selectors.deadlines import NEAR, leftovers, pay_back_by
from .selectors.late_facts import due_from_late_facts
from .selectors.readiness import to_set_off

ANSWER_DUE = timedelta(days=3)  # how long a bank takes to tell


def tasks(actor: Actor, today: date) -> list[Task]:
    keeps, reviews = actor.reach(Capability.KEEP_BOOKS), actor.reach(Capability.REVIEW_BOOKS)
    return [*(_keeping(keeps, today) if keeps else []), *(_reviewing(reviews, actor, today) if reviews else [])]


def _keeping(reach, today: date) -> list[Task]:
    first = today.replace(day=1)
    found = []
    if count := _unopened(reach, first).count():
        say = "有孩子在册，开启后才能生成收费"
        found.append(Task(f"开启{first:%Y年%-m月}的账", say, reverse("billing:month-list"), count, icon="money"))
    lines = BankLine.objects.within(reach).filter(state=BankLine.State.OPEN)
    if (count := lines.count()) and (line := lines.first()):
        url = reverse("billing:statement-detail", args=[line.statement_id])
        found.append(Task(f"{count} 笔银行流水待核对", "没有写清学生的到账和支出，逐笔认领", url, count, icon="money"))
    uncharged = FeeMonth.objects.within(reach).filter(charged_at=None, month__lte=first).order_by("month")
    for month in uncharged[:1]:
        url = reverse("billing:month-detail", args=[month.pk])
        found.append(Task(f"生成{month}收费", "按已签协议和服务日计算", url, uncharged.count(), icon="money"))
    undone = FeeMonth.objects.within(reach).filter(
        state=FeeMonth.State.OPEN, month__lt=first, charged_at__isnull=False, settlement=None
    )
    for month in undone.order_by("month")[:1]:
        url = reverse("billing:month-detail", args=[month.pk])
        found.append(Task(f"{month}结算", "生成结算草案，交复核锁定", url, undone.count(), icon="file"))
    back = Adjustment.objects.within(reach).unshared().filter(side=Adjustment.Side.LESS)
    say = "冲减支出收回的，计算追加结算"
    found += _leavers(reach, today)
    found += _late(reach, today)
    return found + _by_month(back.exclude(fee_month__rounds__state=Round.State.DRAFT), "笔收回的钱还没有退给家长", say)


def _late(reach, today: date) -> list[Task]:
    """What came after a lock, and what it comes to."""
    return [
        Task(
            f"{due.fee_month}锁定以后查明，还应退 {due.families} 家 {due.amount} 元", "看过再计算追加结算",
            reverse("billing:correction-list", args=[due.fee_month.pk]), due.families, icon="money",
        )
        for due in due_from_late_facts(reach, today)
    ]  # fmt: skip


def _leavers(reach, today: date) -> list[Task]:
    """What was set off and is left when the term is over; and children who take part no more, whose money is here."""
    left = leftovers(reach, today)
    found = []
    for one in left[:3]:
        url, count = reverse("billing:advance-list", args=[one.fee_month.pk]), len(one.students)
        say, urgent = _until("学期结束了，退给当初付款的人", one.by, today)
        found.append(Task(f"{count} 个孩子没有抵完的退费待退", say, url, count, urgent=urgent, icon="money"))
    return found + _gone(reach, today, {student for one in left for student in one.students})


def _gone(reach, today: date, told: set[int]) -> list[Task]:
    held = Receipt.objects.within(reach).in_advance().order_by().values("student")
    gone = Student.objects.filter(~takes_part(today), pk__in=held).exclude(pk__in=told)
    months = FeeMonth.objects.within(reach).filter(state=FeeMonth.State.OPEN, school__in=gone.values("school"))
    month = months.order_by("month").first()
    if month is None:
        return []
    count = gone.filter(school=month.school_id).count()
    url = reverse("billing:advance-list", args=[month.pk])
    return [Task(f"{count} 个孩子的预收款待退", "已经不再参加，退给当初付款的人", url, count, icon="money")]


def _by_month(papers, what: str, say: str) -> list[Task]:
    """What waits on the correction pages of locked months."""
    rows = papers.order_by().values("fee_month").annotate(count=Count("pk", distinct=True)).order_by("fee_month")
    return [
        Task(
            f"{row['count']} {what}", say, reverse("billing:correction-list", args=[row["fee_month"]]), row["count"],
            icon="money",
        )
        for row in rows[:3]
    ]  # fmt: skip


def _unopened(reach, first: date):
    """Schools where children are served this month and no book is open for it."""
    served = Agreement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=first),
        school=OuterRef("pk"),
        school_signed_at__isnull=False,
        began_on__lt=first + timedelta(days=28),
    )
    return School.objects.within(reach).filter(Exists(served)).exclude(fee_months__month__gte=first)


def _unanswered(reach, today: date) -> list[Task]:
    """Batches of which the bank should have told by now."""
    sent = Payout.objects.within(reach).filter(state=Payout.State.SENT, batch__made_at__date__lt=today - ANSWER_DUE)
    rows = sent.order_by().values("batch", "batch__number").annotate(count=Count("pk")).order_by("batch")
    say = "登记银行回单，或者到校领取的情况"
    return [
        Task(
            f"退费第 {row['batch__number']} 批还有 {row['count']} 笔没有结果", say,
            reverse("billing:batch-detail", args=[row["batch"]]), row["count"], icon="money",
        )
        for row in rows[:3]
    ]  # fmt: skip


def _reviewing(reach, actor: Actor, today: date) -> list[Task]:
    found = []
    waiting = (
        Expense.objects.within(reach)
        .filter(state=Expense.State.ENTERED)
        .exclude(entered_by=actor.person_id)
        .values("fee_month")
        .annotate(count=Count("pk"))
        .order_by("fee_month")
    )
    for row in waiting[:3]:
        url = reverse("billing:expense-list", args=[row["fee_month"]])
        found.append(Task(f"{row['count']} 笔支出待审批", "看过票据再批", url, row["count"], icon="check"))
    adjustments = Adjustment.objects.within(reach).filter(state=Adjustment.State.ENTERED)
    found += _by_month(adjustments.exclude(entered_by=actor.person_id), "笔更正待审批", "锁定月份的支出，看过票据再批")
    rounds = Round.objects.within(reach).filter(state=Round.State.DRAFT)
    found += _by_month(rounds.exclude(drafted_by=actor.person_id), "轮追加结算待确认", "核对以后就可以退费")
    ready = FeeMonth.objects.within(reach).filter(
        state=FeeMonth.State.OPEN, month__lt=today.replace(day=1), settlement__isnull=False
    )
    for month in ready.order_by("month")[:1]:
        url = reverse("billing:month-detail", args=[month.pk])
        late = today > month.last_on + timedelta(days=5)
        found.append(Task(f"锁定{month}", "结算草案已经生成，核对后锁定", url, ready.count(), urgent=late, icon="lock"))
    found += _unanswered(reach, today)
    if count := PayeeChange.objects.within(reach).filter(state=PayeeChange.State.ASKED).count():
        url = reverse("billing:payee-change-list")
        found.append(Task(f"{count} 份更换收款人待审批", "看过两边的账号再定", url, count, icon="check"))
    return found + _refunds(reach, today)


def _refunds(reach, today: date) -> list[Task]:
    """What goes back: by the bank within the policy's days, or off the next charge."""
    payable = Refund.objects.within(reach).filter(state__in=[Refund.State.PAYABLE, Refund.State.FAILED])
    months = FeeMonth.objects.filter(pk__in=payable.values("fee_month")).select_related("school__bureau")
    found = []
    for month in months.annotate(count=Count("refunds", filter=Q(refunds__in=payable))).order_by("month", "pk")[:3]:
        url, off = reverse("billing:refund-list", args=[month.pk]), to_set_off(month).count()
        if off:
            say = "在生成下个月的收费以前点“抵下期”"
            found.append(Task(f"{off} 笔退费按规定抵下期", say, url, off, icon="money"))
        if back := month.count - off:
            say, urgent = _until("列入退费发放表，交银行", pay_back_by(month), today)
            found.append(Task(f"{back} 笔退费待办理", say, url, back, urgent=urgent, icon="money"))
    return found


def _until(say: str, by: date | None, today: date) -> tuple[str, bool]:
    """With the policy's last day; urgent when it is near, and when it is past."""
    if by is None:
        return say, False
    if by < today:
        return f"{say}；规定 {by:%-m月%-d日} 以前办完，已经过了", True
    return f"{say}；按规定 {by:%-m月%-d日} 以前办完", by - NEAR <= today
