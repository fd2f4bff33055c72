"""The printing press behind `afterschool.pdf`. WeasyPrint is slow to import: only a process that prints comes here."""

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from afterschool.pdf import ASSETS, INLINE_IMAGES, ForeignAddress

# One for the whole process: the fonts are opened once.
FONTS = FontConfiguration()


def press(html: str) -> bytes:
    """The page as PDF; the same page gives the same bytes. Columns are as wide as their `col` says."""
    fetcher = AssetFetcher()
    pdf = HTML(string=html, url_fetcher=fetcher).write_pdf(font_config=FONTS, presentational_hints=True)
    # WeasyPrint leaves out what it was refused and goes on; a paper with a hole is not ours.
    if fetcher.refused:
        raise ForeignAddress(fetcher.refused)
    return pdf


class AssetFetcher(URLFetcher):
    """Hands out our own assets and images written into the page, and notes every other address it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def fetch(self, url, headers=None):
        if url in ASSETS:
            path, kind = ASSETS[url]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        if url.startswith(INLINE_IMAGES):
            return super().fetch(url, headers)
        self.refused.append(url)
        raise ForeignAddress(url)
