"""What a scanned voucher may be: told by its first bytes, never by its name."""

from afterschool.errors import RuleBroken

LARGEST = 5 * 1024 * 1024
KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def kind_of(data: bytes) -> str:
    """The media type of a scan; refuses what is too large or something else."""
    if len(data) > LARGEST:
        raise RuleBroken("扫描件超过 5 MB，请压缩后再传", field="voucher")
    for magic, kind in KINDS.items():
        if data.startswith(magic):
            return kind
    raise RuleBroken("票据扫描件只收 PDF、JPG 或 PNG", field="voucher")
