"""Under which policy a bureau works: founded with one, then files of its own, adopted by two people."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from afterschool import policy as law
from afterschool.access.capabilities import Role
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import NoRule, RuleBroken
from afterschool.notices.post import Note, notify_each
from afterschool.policy import loader
from afterschool.policy.checking import check

from ..models import Adoption, Bureau, PolicyText, Post

FARTHEST = timedelta(days=2 * 366)  # what is adopted from a later day on is a slip of the pen


@transaction.atomic
def adopt_policy(bureau: Bureau, policy: str, *, began_on: date, by: Actor) -> Adoption:
    """Begin under a policy from a day on. Only forward: what an earlier policy decided stays decided."""
    bureau = _hold(bureau)
    if policy not in law.codes():
        raise RuleBroken(f"没有代号为“{policy}”的文件，现有：{'、'.join(law.codes())}", field="policy")
    latest = bureau.adoptions.confirmed().order_by("-began_on").first()
    if latest and began_on <= latest.began_on:
        raise RuleBroken(f"要晚于现行文件的起始日 {latest.began_on:%Y-%m-%d}", field="began_on")
    adoption = Adoption.objects.create(bureau=bureau, policy=policy, began_on=began_on)
    record(by, "adopted", adoption, policy=policy, began_on=began_on.isoformat())
    return adoption


@transaction.atomic
def upload_policy(bureau: Bureau, *, body: str, notice: str = "", name: str = "", by: Actor) -> PolicyText:
    """Keep a file that can be read; the same code again replaces it. Raises PolicyFileError where it cannot be read."""
    policy = loader.parse(body, name or "这份文件")
    bureau = _hold(bureau)
    text = PolicyText.objects.filter(code=policy.code, bureau=bureau).first()
    if text and (text.body, text.notice) == (body, notice):
        return text
    text = text or PolicyText(code=policy.code, bureau=bureau)
    _refuse_taken(text)
    text.title, text.body, text.notice, text.uploaded_by_id = policy.title, body, notice, by.signer
    try:
        text.full_clean()
    except ValidationError as odd:
        raise RuleBroken("；".join(odd.messages), field="body") from odd
    text.save()
    record(by, "uploaded", text, code=text.code, title=text.title)
    return text


def _refuse_taken(text: PolicyText) -> None:
    code, adoptions = text.code, Adoption.objects.filter(policy=text.code)
    if text.pk is None and (code in law.codes() or PolicyText.objects.filter(code=code).exists()):
        raise RuleBroken(f"代号“{code}”已经有别的文件用了，请在文件开头的 code 换一个", field="body")
    if adoptions.confirmed().exists():
        raise RuleBroken(f"代号“{code}”的文件已经采用，内容不能再改；新的文件请换一个代号", field="body")
    if adoptions.waiting().exists():
        raise RuleBroken(f"代号“{code}”的文件正在等确认；要换内容，请先撤回提请", field="body")


@transaction.atomic
def propose_adoption(text: PolicyText, *, began_on: date, reason: str, by: Actor) -> Adoption:
    """Ask for another person's word to work under this file from a day on. The same wish again is the same row."""
    bureau = _hold(text.bureau)
    text = PolicyText.objects.get(pk=text.pk)
    if waiting := bureau.adoptions.waiting().first():
        if (waiting.policy, waiting.began_on) == (text.code, began_on):
            return waiting
        raise RuleBroken(f"自{waiting.began_on:%Y年%-m月%-d日}起采用的提请还在等确认，一次只能提一件")
    _refuse_unfit(text, began_on)
    if bureau.adoptions.confirmed().filter(began_on=began_on).exists():
        raise RuleBroken("从这一天起已经采用了另一份文件，请换一个月份", field="began_on")
    if not reason.strip():
        raise RuleBroken("请写明为什么采用，确认的人要看", field="reason")
    adoption = Adoption.objects.create(
        bureau=bureau, policy=text.code, began_on=began_on, reason=reason.strip(),
        proposed_by_id=by.signer, proposed_at=timezone.now(),
    )  # fmt: skip
    record(by, "proposed", adoption, policy=text.code, began_on=began_on.isoformat(), reason=adoption.reason)
    return adoption


def _refuse_unfit(text: PolicyText, began_on: date) -> None:
    policy = loader.parse(text.body, text.file_name)
    if began_on.day != 1:
        raise RuleBroken("收费按月算，要从某个月的1日起采用", field="began_on")
    if began_on - timezone.localdate() > FARTHEST:
        raise RuleBroken(f"{began_on:%Y年%-m月%-d日}离今天两年还多，请核对年份", field="began_on")
    try:
        policy.on(began_on)
    except NoRule as silence:
        said = f"这份文件自{policy.since:%Y年%-m月%-d日}起施行"
        said += f"，到{policy.until:%Y年%-m月%-d日}为止" if policy.until else ""
        raise RuleBroken(f"{said}，不能从这一天起采用", field="began_on") from silence
    if not check(policy, notice=text.notice or None).passed:
        raise RuleBroken("这份文件的检查还没有通过，请先改好再提请")


@transaction.atomic
def confirm_adoption(adoption: Adoption, *, now: datetime, by: Actor) -> Adoption:
    """The second person says yes: from its day on every school works under it, and each principal hears of it."""
    adoption = _held(adoption)
    if adoption.confirmed_at:
        return adoption
    _refuse_declined(adoption)
    if adoption.proposed_by_id == by.signer:
        raise RuleBroken("提请的人不能自己确认，请局里另一位有这项权限的人确认")
    adoption.confirmed_at, adoption.confirmed_by_id = now, by.signer
    adoption.save()
    record(by, "confirmed", adoption, policy=adoption.policy, began_on=adoption.began_on.isoformat())
    _tell_principals(adoption)
    return adoption


@transaction.atomic
def decline_adoption(adoption: Adoption, *, reason: str, now: datetime, by: Actor) -> Adoption:
    """Another person says no, or the proposer takes it back; the file may then be mended."""
    adoption = _held(adoption)
    if adoption.declined_at:
        return adoption
    if adoption.confirmed_at:
        raise RuleBroken("这件提请已经确认，不能再改；要换，请提请采用另一份文件")
    if not reason.strip():
        raise RuleBroken("请写明理由，提请的人要看", field="declined_because")
    adoption.declined_at, adoption.declined_by_id, adoption.declined_because = now, by.signer, reason.strip()
    adoption.save()
    record(by, "declined", adoption, policy=adoption.policy, reason=adoption.declined_because)
    if adoption.proposed_by and adoption.proposed_by_id != by.signer:
        title = f"自{adoption.began_on:%Y年%-m月%-d日}起采用新政策的提请没有同意"
        notify_each([Note(adoption.proposed_by, "adoption_declined", title, adoption.declined_because)])
    return adoption


def _tell_principals(adoption: Adoption) -> None:
    title = f"自{adoption.began_on:%Y年%-m月%-d日}起按《{law.load(adoption.policy).title}》执行"
    principals = Post.objects.open_on(timezone.localdate(adoption.confirmed_at)).filter(
        school__bureau=adoption.bureau_id, role=Role.PRINCIPAL.name
    )
    link = reverse("policy-show", args=[adoption.policy])
    notify_each(
        Note(post.person, "policy_adopted", title, adoption.reason, link, post.school_id)
        for post in principals.select_related("person")
    )


def _hold(bureau: Bureau) -> Bureau:
    """One deed about a bureau's policies at a time."""
    return Bureau.objects.select_for_update().get(pk=bureau.pk)


def _held(adoption: Adoption) -> Adoption:
    _hold(adoption.bureau)
    return Adoption.objects.select_related("bureau", "proposed_by").get(pk=adoption.pk)


def _refuse_declined(adoption: Adoption) -> None:
    if adoption.declined_at:
        raise RuleBroken(f"这件提请没有同意：{adoption.declined_because}")
