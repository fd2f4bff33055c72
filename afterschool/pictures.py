"""A photo as it may be kept: a small JPEG, upright, with nothing but its pixels (no place, no time, no device)."""

from io import BytesIO
from typing import BinaryIO

from django import forms
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from afterschool.errors import RuleBroken

LONGEST_SIDE = 1600
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000  # a phone takes fifty million; a file that unfolds into more is not a photo


class PhotoField(forms.FileField):
    """A photo as it may be kept, or why it may not. `longest`: pixels of its longer side."""

    def __init__(self, *, longest: int = LONGEST_SIDE, **kwargs):
        super().__init__(**kwargs)
        self.longest = longest
        self.widget.attrs["accept"] = "image/jpeg,image/png"

    def clean(self, data: UploadedFile | None, initial: object = None) -> bytes:
        upload = super().clean(data, initial)
        try:
            return small_jpeg(upload.file, upload.size, longest=self.longest)
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def small_jpeg(file: BinaryIO, size: int, *, longest: int = LONGEST_SIDE) -> bytes:
    """Drawn anew: whatever else the file carried stays behind. Refuses what is no photo, and what is too big."""
    if size > MOST_BYTES:
        raise RuleBroken(f"照片不能大于 {MOST_BYTES // 1024 // 1024} MB", field="image")
    try:
        # The size is read from the head of the file, before anything is unfolded.
        folded = Image.open(file, formats=("JPEG", "PNG"))
        if folded.width * folded.height > MOST_PIXELS:
            raise RuleBroken("照片的尺寸太大，请用手机直接拍的照片", field="image")
        folded.draft("RGB", (longest, longest))
        image = ImageOps.exif_transpose(folded).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as broken:
        raise RuleBroken("这不是能用的照片，请上传 JPEG 或 PNG 图片", field="image") from broken
    image.thumbnail((longest, longest))
    image.info.clear()
    out = BytesIO()
    image.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
