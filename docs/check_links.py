"""Every link within the built pages leads to a file, and to a place in it, that exist.

Run it after the build: ``python docs/check_links.py docs/_build/html``.
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["Page", "broken"]

_PLACES = frozenset({"id", "name"})
# What a browser fetches with a page, which must not come from elsewhere.
_FETCHED = frozenset({("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src")})


class Page(HTMLParser):
    """The links, the places and the fetched files of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value for name, value in attrs if value is not None}
        self.places |= {found[name] for name in _PLACES & found.keys()}
        self.fetched += [found[name] for of, name in _FETCHED if of == tag and name in found]
        if "href" in found:
            is_fetched = tag == "link" and found.get("rel") in ("stylesheet", "preload", "icon")
            (self.fetched if is_fetched else self.links).append(found["href"])


def broken(directory: Path) -> list[str]:
    """What is wrong with the links of each page: one line for each."""
    pages = {
        path: Page(path.read_text(encoding="utf-8"))
        for path in sorted(directory.rglob("*.html"))
        if "_static" not in path.relative_to(directory).parts
    }
    wrong = []
    for path, page in pages.items():
        for link in page.links + page.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.fetched and parts.scheme != "data":
                    wrong.append(f"{path}: {link} is fetched from elsewhere")
                continue
            target = path
            if parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
            if target.is_dir():
                target /= "index.html"
            place = unquote(parts.fragment)
            if not target.exists():
                wrong.append(f"{path}: {link} leads to no file")
            elif place and target in pages and place not in pages[target].places:
                wrong.append(f"{path}: {link} leads to no place on that page")
    return sorted(set(wrong))


def main(directory: str = "docs/_build/html") -> int:
    """Print what is broken. The exit code is 1 if anything is, or nothing was built."""
    root = Path(directory).resolve()
    wrong = broken(root)
    for line in wrong:
        print(line)
    count = len(list(root.rglob("*.html")))
    print(f"{count} pages, {len(wrong)} broken links")
    return int(bool(wrong) or not count)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
