"""What waits for a person: each room tells its own, the home page lays them out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One thing to do now: a short title, a line that explains, where to go, how many; urgent ones come first."""

    title: str
    detail: str
    url: str
    count: int = 1
    urgent: bool = False
    icon: str = "file"
