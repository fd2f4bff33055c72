"""A photo as it may be kept: a small JPEG, upright, with nothing but its pixels (no place, no time, no device)."""

from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from afterschool.errors import RuleBroken

LONGEST_SIDE = 1600
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000  # a phone takes fifty million; a file that unfolds into more is not a photo


def small_jpeg(file: BinaryIO, size: int) -> bytes:
    """Drawn anew: whatever else the file carried stays behind. Refuses what is no photo, and what is too big."""
    if size > MOST_BYTES:
        raise RuleBroken(f"照片不能大于 {MOST_BYTES // 1024 // 1024} MB", field="image")
    try:
        # The size is read from the head of the file, before anything is unfolded.
        folded = Image.open(file, formats=("JPEG", "PNG"))
        if folded.width * folded.height > MOST_PIXELS:
            raise RuleBroken("照片的尺寸太大，请用手机直接拍的照片", field="image")
        folded.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image = ImageOps.exif_transpose(folded).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as broken:
        raise RuleBroken("这不是能用的照片，请上传 JPEG 或 PNG 图片", field="image") from broken
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image.info.clear()
    out = BytesIO()
    image.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
