"""Who can sign in to the demonstration: role, phone, password."""

from afterschool.access.capabilities import Role
from afterschool.schools.models import Guardianship, Post

from .town import PASSWORD


def table() -> str:
    """One line for each role of each place; of class teachers and guardians the first of each school."""
    rows, seen = [], set()
    posts = Post.objects.select_related("person", "bureau", "school").order_by("bureau_id", "school_id", "pk")
    for post in posts:
        place = post.bureau or post.school
        if (place, post.role) not in seen:
            seen.add((place, post.role))
            rows.append((str(place), Role[post.role].label, post.person.name, post.person.phone))
    for tie in (
        Guardianship.objects.filter(student__agreements__isnull=False).select_related("person", "school").order_by("pk")
    ):
        if (tie.school, "") not in seen:
            seen.add((tie.school, ""))
            rows.append((str(tie.school), Role.GUARDIAN.label, tie.person.name, tie.person.phone))
    lines = [
        f"{_pad(place, 26)}{_pad(role, 16)}{_pad(name, 10)}{phone}  {PASSWORD}" for place, role, name, phone in rows
    ]
    return "\n".join([f"{_pad('单位', 26)}{_pad('角色', 16)}{_pad('姓名', 10)}{_pad('手机号', 13)}密码", *lines])


def _pad(text: str, width: int) -> str:
    """Chinese characters are two columns wide."""
    return text + " " * max(1, width - sum(2 if ord(char) > 0x2E80 else 1 for char in text))
