"""From the lists of enrolment to the pages beside them, for those who may go there."""

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor

WAYS = (
    ("减免", "enrollment:waiver-list", Capability.REQUEST_WAIVERS),
    ("决定减免", "enrollment:waiver-desk", Capability.DECIDE_WAIVERS),
    ("接送限制", "enrollment:restriction-list", Capability.RESTRICT_PICKUP),
)


def ways_of(actor: Actor) -> list[tuple[str, str]]:
    return [(word, route) for word, route, capability in WAYS if actor.may(capability)]
