"""Who may put their name to a deed."""

from afterschool.access.capabilities import Capability
from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.schools.models import Student


def require_guardian(student: Student, by: Actor) -> int:
    """What only a guardian may do (民法典 27: the parents act for the child). Returns who."""
    if student.pk not in by.reach(Capability.APPLY).students:
        raise RuleBroken("这件事只有孩子的监护人可以办")
    return by.signer
