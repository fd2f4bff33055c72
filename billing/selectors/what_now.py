"""The one thing to do now in a month."""

from dataclasses import dataclass

from django.urls import reverse

from afterschool.access.capabilities import Capability
from billing.disclosures.models import Disclosure


@dataclass(frozen=True)
class Deed:
    """The button of the page: an address to post to or to go to, or what it waits for."""

    word: str
    url: str = ""
    posts: bool = False
    is_final: bool = False  # nobody can take it back: its key alone does not press it


def what_now(fee_month, actor, today, before_draft, before_lock, settlement, stale, facts) -> tuple[str, Deed | None]:
    """One sentence on what to do now, and its button for those who may press it."""
    month = [fee_month.pk]
    keeps, reviews = actor.may(Capability.KEEP_BOOKS), actor.may(Capability.REVIEW_BOOKS)
    if not fee_month.is_open:
        return _after_lock(fee_month, facts, actor)
    if not fee_month.charged_at:
        run = Deed("生成本月收费", reverse("billing:charge-run", args=month), posts=True)
        return "现在要做：生成本月收费。", run if keeps else None
    if any(one.text == "补助发放表还没有列支" for one in before_draft):
        book = Deed("列支教师补助", reverse("billing:stipends-book", args=month), posts=True)
        return "现在要做：把审批过的补助发放表列支。", book if keeps else None
    if before_draft:
        return f"现在要做：{'；'.join(one.text for one in before_draft)}。", None
    if settlement is None and today <= fee_month.last_on:
        return f"{fee_month.month.month}月还没有过完：收款和支出随时登记，过完以后结算。", None
    if settlement is None or stale:
        word = "重算结算草案" if settlement else "生成结算草案"
        draft = Deed(word, reverse("billing:settlement-draft", args=month), posts=True)
        return f"现在要做：{word}。", draft if keeps else None
    if before_lock:
        say = f"锁定前还差：{'；'.join(one.text for one in before_lock)}。"
        now = next((one for one in before_lock if one.word), None)
        wait = Deed(f"锁定{fee_month.month.month}月（差 {len(before_lock)} 件）")
        return say, Deed(now.word, now.url) if now and keeps else wait
    lock = Deed(f"锁定{fee_month.month.month}月", reverse("billing:month-lock", args=month), posts=True, is_final=True)
    scans = f"另有 {facts['unscanned']} 笔支出缺扫描件。" if facts["unscanned"] else ""
    return f"都齐了，由复核锁定。锁定后不能再改，更正记入之后的月份。{scans}", lock if reviews else None


def _after_lock(fee_month, facts: dict, actor) -> tuple[str, Deed | None]:
    url, reviews = reverse("billing:refund-list", args=[fee_month.pk]), actor.may(Capability.REVIEW_BOOKS)
    if facts["payable"]:
        return f"现在要做：把 {facts['payable']} 笔退费送银行。", Deed("去办退费", url) if reviews else None
    if facts["instructed"]:
        return f"{facts['instructed']} 笔退费已送银行，等回单。", Deed("登记回单", url) if reviews else None
    if not Disclosure.objects.filter(fee_month=fee_month, published_at__isnull=False).exists():
        look = Deed("看收支公示", reverse("disclosures:manage-list"))
        return "现在要做：看一眼收支公示，发布。", look if actor.may(Capability.PUBLISH_DISCLOSURE) else None
    return "本月已经锁定，没有要办的事。", None
