from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from afterschool.access.capabilities import CONFLICTS, Role
from afterschool.access.models import Person, mobile
from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.notices.post import notify

from ..models import Bureau, Post, School, SchoolClass

Place = Bureau | School | SchoolClass
# Who gives posts: without one of them nobody could be appointed any more.
NEVER_VACANT = {Role.SCHOOL_ADMIN.name, Role.BUREAU_KEEPER.name}


@transaction.atomic
def give_post(*, phone: str, name: str, role: Role, place: Place, began_on: date, by: Actor) -> Post:
    """Give a person a role at a bureau, a school or a class. Who is not yet known becomes known by phone."""
    at = _columns(role, place)
    person = _person(phone, name)
    if person.pk == by.person_id:
        raise RuleBroken("不能给自己安排岗位，请另一位管理员办理", field="phone")
    # Two clerks may give conflicting posts at once: the second one waits here.
    person = Person.objects.select_for_update().get(pk=person.pk)
    held = person.posts.filter(Q(ended_on=None) | Q(ended_on__gte=began_on))
    if held.filter(role=role.name, **at).exists():
        raise RuleBroken(f"{person.name}已经是{role.label}", field="role")
    _refuse_conflict(person, role, held.filter(school=at.get("school"), bureau=at.get("bureau")))
    post = Post.objects.create(person=person, role=role.name, began_on=began_on, **at)
    place_word = str(place) if isinstance(place, Bureau | School) else f"{place.school} {place}"
    notify(
        person, "post_given", title=f"您自 {began_on:%-m月%-d日}起任{place_word}{role.label}", school_id=post.school_id
    )
    record(by, "gave", post, role=role.name, person=person.name, began_on=began_on.isoformat())
    return post


@transaction.atomic
def end_post(post: Post, *, ended_on: date, by: Actor) -> Post:
    """`ended_on` is the last day of the post."""
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.ended_on is not None:
        raise RuleBroken(f"这个岗位已于 {post.ended_on:%Y-%m-%d} 结束")
    if ended_on < post.began_on:
        raise RuleBroken(f"不能早于开始日期 {post.began_on:%Y-%m-%d}", field="ended_on")
    same = Post.objects.filter(role=post.role, school=post.school, bureau=post.bureau, ended_on=None)
    if post.role in NEVER_VACANT and not same.exclude(pk=post.pk).exists():
        raise RuleBroken(f"这是{'学校' if post.school else '教育局'}唯一的管理员，请先安排接任的人")
    post.ended_on = ended_on
    post.save(update_fields=["ended_on"])
    record(by, "ended", post, role=post.role, ended_on=ended_on.isoformat())
    return post


def _columns(role: Role, place: Place) -> dict:
    if role is Role.GUARDIAN:
        raise RuleBroken("家长由名册登记，不是岗位", field="role")
    if isinstance(place, SchoolClass):
        columns, fits = {"school": place.school, "school_class": place}, role is Role.CLASS_TEACHER
    elif isinstance(place, School):
        columns = {"school": place}
        fits = role is not Role.CLASS_TEACHER and not role.name.startswith("BUREAU_")
    else:
        columns, fits = {"bureau": place}, role.name.startswith("BUREAU_")
    if not fits:
        raise RuleBroken(
            "班主任要选班级" if role is Role.CLASS_TEACHER else f"{role.label}不在{place}任职", field="role"
        )
    return columns


def _person(phone: str, name: str) -> Person:
    try:
        mobile(phone)
    except ValidationError as error:
        raise RuleBroken("手机号应为 11 位数字，如 13812345678", field="phone") from error
    if not name.strip():
        raise RuleBroken("请填写姓名", field="name")
    person, _ = Person.objects.get_or_create(phone=phone, defaults={"name": name})
    if person.name != name:
        raise RuleBroken(f"手机号 {phone} 已登记为“{person.name}”，请核对姓名或手机号", field="name")
    return person


def _refuse_conflict(person: Person, role: Role, held) -> None:
    roles = {Role[name] for name in held.values_list("role", flat=True)}
    for pair in CONFLICTS:
        other = next(iter(pair - {role}))
        if role in pair and other in roles:
            raise RuleBroken(
                f"{person.name}是{other.label}，不能再任{role.label}：制单、复核、审批要由不同的人担任（会计法第二十五条）",
                field="role",
            )
