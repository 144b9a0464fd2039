"""Where each key of a TOML text stands, so that a message can name its line."""

from __future__ import annotations

from collections.abc import Mapping

Path = tuple[str | int, ...]


def find_lines(text: str) -> Mapping[Path, int]:
    r"""Return the line of every key, table and element of an array.

    Parameters
    ----------
    text : str
        TOML that ``tomllib`` has accepted; this reader checks nothing.

    Returns
    -------
    mapping of path to int
        Lines from 1, by path as in the parsed content: ``("hall", "closed", 0, "table")``.

    Examples
    --------
    >>> find_lines('id = "x"\n[hall]\ntables = [\n  "A",\n  "B"]\n')[("hall", "tables", 1)]
    5
    """
    reader = _Reader(text)
    reader.read()
    return reader.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest thing around it that stands in the text; 1 if nothing does."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Reader:
    """Walks through a text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # of tables in each array of tables

    def read(self) -> None:
        table: Path = ()
        while self._skip():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _skip(self, also: str = "") -> bool:
        """Pass over blanks, comments and the given characters; return whether anything is left."""
        while self.at < len(self.text):
            character = self._peek()
            if character == "#":
                end = self.text.find("\n", self.at)
                self._step((len(self.text) if end < 0 else end) - self.at)
            elif character in " \t\n" or character in also:
                self._step()
            else:
                return True
        return False

    def _header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]`` and return the path of the table that begins."""
        line, double = self.line, self.text.startswith("[[", self.at)
        self._step(2 if double else 1)
        names = self._key()
        self._step(2 if double else 1)
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            self.lines.setdefault(path, line)
            if double and place == len(names) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        self.lines.setdefault(path, line)
        return path

    def _key(self) -> list[str]:
        """Read a dotted key, up to the sign behind it."""
        names = []
        while True:
            self._skip()
            if self._peek() in "\"'":
                names.append(self._string())
            else:
                start = self.at
                while self._peek() and self._peek() not in " \t\n.=]":
                    self._step()
                names.append(self.text[start : self.at])
            self._skip()
            if self._peek() != ".":
                return names
            self._step()

    def _pair(self, table: Path) -> None:
        """Read ``key = value``."""
        line = self.line
        path = table
        for name in self._key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._step()  # =
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip()
        self.lines.setdefault(path, self.line)
        sign = self._peek()
        if sign and sign in "\"'":
            self._string()
        elif sign == "[":
            self._step()
            count = 0
            while self._skip(",") and self._peek() != "]":
                self._value((*path, count))
                count += 1
            self._step()
        elif sign == "{":
            self._step()
            while self._skip(",") and self._peek() != "}":
                self._pair(path)
            self._step()
        else:
            while self._peek() and self._peek() not in ",]}\n#":
                self._step()

    def _string(self) -> str:
        """Read a string of any of the four kinds and return what stands between its quotes."""
        sign = self._peek()
        quotes = sign * 3 if self.text.startswith(sign * 3, self.at) else sign
        self._step(len(quotes))
        start = self.at
        while self.at < len(self.text) and not self.text.startswith(quotes, self.at):
            self._step(2 if sign == '"' and self._peek() == "\\" else 1)
        content = self.text[start : self.at]
        self._step(len(quotes))
        while len(quotes) == 3 and self._peek() == sign:  # up to two quotes may stand before the closing ones
            self._step()
        return content
