"""Store notebooks without what running them left behind: results, counts, and what an editor noted about itself.

``python notebooks/tidy.py`` tidies all of them; with ``--check`` nothing is written, and untidy ones are named.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

FOLDER = Path(__file__).parent
# With a kernel named, an editor opens the notebook without asking; anything more differs from computer to computer.
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def tidy(text: str) -> str:
    """Return the text of a notebook as it is to be stored; sources and the ids of cells stay."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook).rstrip()}\n"


def main(arguments: list[str]) -> int:
    """Tidy all notebooks, or with ``--check`` only say which are not; return the exit status."""
    untidy = 0
    for path in sorted(FOLDER.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        wanted = tidy(text)
        if wanted != text:
            untidy += 1
            print(path.name)
            if "--check" not in arguments:
                path.write_text(wanted, encoding="utf-8", newline="\n")
    return int(untidy > 0 and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
