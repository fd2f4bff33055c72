"""A plan, the calendar, a policy on trial: how things stand before anybody knocks."""

from datetime import timedelta

from afterschool.access.capabilities import Role
from afterschool.oversight.actions import propose
from afterschool.plans.models import Minutes, Plan
from afterschool.schools.actions import upload_policy
from afterschool.schools.models import CalendarYear
from tests import cast

from ..town import DECEMBER, LOCAL_POLICY, THURSDAY, Corner, Given, act


def filed(corner: Corner) -> None:
    Plan.objects.filter(pk=corner.draft.pk).update(state=Plan.State.FILED)


def no_draft(corner: Corner) -> None:
    Minutes.objects.filter(plan=corner.draft).delete()
    Plan.objects.filter(pk=corner.draft.pk).delete()


def no_plan(corner: Corner) -> None:
    """The next term has begun to be planned, and nobody has written anything."""
    corner.next_term = type(corner.term).objects.create(
        bureau=corner.school.bureau, name="2027年春季学期", school_year=2026,
        began_on=THURSDAY + timedelta(days=100), ended_on=THURSDAY + timedelta(days=200),
    )  # fmt: skip


def provisional(corner: Corner) -> None:
    CalendarYear.objects.filter(bureau=corner.school.bureau).update(official=False)


def bureau_staffed(corner: Corner) -> None:
    corner.bureau_post = cast.make_person("审核员", Role.BUREAU_REVIEWER, corner.school.bureau).posts.get()


def tried(corner: Corner) -> None:
    """The bureau has a policy of its own on trial."""
    keeper = cast.make_person("上传的人", Role.BUREAU_KEEPER, corner.school.bureau)
    corner.text = upload_policy(corner.school.bureau, body=LOCAL_POLICY, by=act(keeper))


def proposed(corner: Corner) -> None:
    tried(corner)
    corner.adoption = propose(corner.text, began_on=DECEMBER, reason="新细则", by=act(corner.text.uploaded_by))


GIVEN: dict[str, Given] = {
    **{
        f"oversight:policy-{name}": tried
        for name in (
            "mend GET",
            "mend POST",
            "check GET",
            "difference GET",
            "effect GET",
            "effect-begin POST",
            "effect-xlsx GET",
            "adoption GET",
            "adoption POST",
        )
    },
    "oversight:adoption-confirm POST": proposed,
    "oversight:adoption-decline POST": proposed,
    "plans:plan-create POST": no_plan,
    "plans:plan-revise POST": no_draft,
    "plans:plan-review POST": filed,
    "schools:calendar-confirm POST": provisional,
    "schools:bureau-post-end GET": bureau_staffed,
    "schools:bureau-post-end POST": bureau_staffed,
}
