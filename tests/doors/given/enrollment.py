"""An application, an agreement, who may fetch a child: how things stand before anybody knocks."""

from afterschool.schools.models import Adoption
from enrollment.actions import ask_export, hold_in_dispute, withdraw
from enrollment.models import Agreement, Application, Placement

from ..town import THURSDAY, Corner, Given, act, at


def signed_by_guardian(corner: Corner) -> None:
    """The agreement waits for the school."""
    Placement.objects.filter(student=corner.child).delete()
    Agreement.objects.filter(pk=corner.agreement.pk).update(school_signed_at=None, school_signed_by=None)
    Application.objects.filter(pk=corner.application.pk).update(state="approved")


def sibling_applies(corner: Corner, state: str = "submitted") -> None:
    corner.request = Application.objects.create(
        school=corner.school, term=corner.term, student=corner.sibling, guardian=corner.mother, state=state,
        number=f"SL-{corner.sibling.pk}", submitted_at=at(9), answer_by=at(18), reason="请补正",
    )  # fmt: skip
    corner.request.choices.create(school=corner.school, offering=corner.plan.offerings.get(), weekdays=[1, 2, 4, 5])


def sibling(state: str) -> Given:
    return lambda corner: sibling_applies(corner, state)


def refusable(corner: Corner) -> None:
    """The bureau is under a policy that knows a ground to refuse."""
    sibling_applies(corner)
    Adoption.objects.filter(bureau=corner.school.bureau).update(policy="changle-2021")


def unsigned_by_guardian(corner: Corner) -> None:
    signed_by_guardian(corner)
    Agreement.objects.filter(pk=corner.agreement.pk).update(guardian_signed_at=None, guardian_signed_by=None)


def withdrawn(corner: Corner) -> None:
    corner.withdrawal = withdraw(
        agreement=corner.agreement, last_on=THURSDAY, reason="搬家", now=at(9), by=act(corner.mother)
    )


def faced(corner: Corner) -> None:
    type(corner.pickup).objects.filter(pk=corner.pickup.pk).update(photo=b"jpeg")


def copy_asked(corner: Corner) -> None:
    """The child has a restriction: its mother waits for a copy of the data."""
    corner.copy = ask_export(corner.child, now=at(9), by=act(corner.mother))


def disputed(corner: Corner) -> None:
    hold_in_dispute(corner.child, reason="父母意见不一", today=THURSDAY, by=act(corner.duty.person))


GIVEN: dict[str, Given] = {
    "enrollment:sign POST": unsigned_by_guardian,
    "enrollment:application-detail GET": sibling("submitted"),
    "enrollment:application-mend GET": sibling("returned"),
    "enrollment:application-mend POST": sibling("returned"),
    "enrollment:application-take-back POST": sibling("submitted"),
    "enrollment:application-review GET": sibling("submitted"),
    "enrollment:application-confirm POST": sibling("submitted"),
    "enrollment:application-approve POST": sibling("confirmed"),
    "enrollment:agreement-sign POST": signed_by_guardian,
    "enrollment:application-return POST": sibling("submitted"),
    "enrollment:application-send-back POST": sibling("confirmed"),
    "enrollment:application-refuse POST": refusable,
    "enrollment:withdrawal-acknowledge POST": withdrawn,
    "enrollment:dispute-end POST": disputed,
    "enrollment:pickup-photo GET": faced,
    "enrollment:export-decide POST": copy_asked,
}
