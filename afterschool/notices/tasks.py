from celery import shared_task

from . import post


@shared_task(name="notices.carry")
def carry() -> None:
    post.carry()
