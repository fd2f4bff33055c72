"""Pictures as a telephone makes them."""

from io import BytesIO

from PIL import Image

GPS, ORIENTATION, MAKER = 34853, 274, 271


def picture(width: int, height: int, kind="JPEG", **exif) -> bytes:
    """Left half red, right half blue; what it carries beside its pixels says so."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    out, tags = BytesIO(), image.getexif()
    tags[MAKER] = "SECRET-MAKER"
    tags[ORIENTATION] = exif.get("orientation", 1)
    tags.get_ifd(GPS).update({1: "N", 2: (39.0, 7.0, 21.5)})
    image.save(out, kind, exif=tags, **({"comment": b"SECRET-COMMENT"} if kind == "JPEG" else {}))
    return out.getvalue()
