"""服务照片: of public places, with no face to be made out; what is taken away is gone, and who took it is on record."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from attendance.models import Session, SessionPhoto

MOST_PHOTOS = 6


@transaction.atomic
def add_photo(
    session: Session, *, image: bytes, place: str, without_faces: bool, now: datetime, by: Actor
) -> SessionPhoto:
    """Keep one. The same picture a second time is the one that is there."""
    session = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if not without_faces:
        raise RuleBroken("只能上传看不清人脸的照片，请确认后再传", field="without_faces")
    seal = sha256(image).hexdigest()
    known = {photo.sha256: photo for photo in session.photos.defer("image")}
    if seal in known:
        return known[seal]
    if session.cancelled_at or len(known) >= MOST_PHOTOS:
        raise RuleBroken(f"一场最多 {MOST_PHOTOS} 张照片", field="image")
    photo = SessionPhoto.objects.create(
        school_id=session.school_id, session=session, image=image, sha256=seal, place=place.strip(),
        without_faces=True, added_at=now, added_by_id=by.signer,
    )  # fmt: skip
    record(by, "added_photo", photo, session=session.pk, sha256=seal, place=photo.place)
    return photo


@transaction.atomic
def remove_photo(photo: SessionPhoto, *, by: Actor) -> None:
    record(by, "removed_photo", photo, session=photo.session_id, sha256=photo.sha256, place=photo.place)
    photo.delete()
