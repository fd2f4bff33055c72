"""Which function does which kind of job."""

from collections.abc import Callable

from .models import Job

Progress = Callable[[int, int, str], None]
Worker = Callable[[Job, Progress], dict]
WORKERS: dict[str, Worker] = {}


def work(kind: str):
    """Register the function that does jobs of this kind.

    It must be safe to run twice; what it returns is kept as the job's result ({"url": …} leads the waiting person on).
    """

    def register(function: Worker) -> Worker:
        WORKERS[kind] = function
        return function

    return register
