"""The book as PDF, through the browser that is installed."""

import re
import stat
import sys
import unicodedata
import zlib
from datetime import date

import pytest
from conftest import CHROMIUM
from docking_day import build_day
from test_report_browser import count_pages

from matchmaker.errors import MatchmakerError
from matchmaker.report import print_pdf, write_book
from matchmaker.report.printing import find_browser

DAY = build_day()
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is absent: apt-get install chromium")
needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for a browser")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return write_book(DAY, tmp_path_factory.mktemp("print") / "对接 手册#1.html")


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """Put a script in the place of the browser."""

    def install(lines):
        script = tmp_path / "bin" / "chromium"
        script.parent.mkdir()
        script.write_text(f"#!/bin/sh\n{lines}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{script.parent}:/usr/bin:/bin")

    return install


@needs_chromium
def test_the_pdf_holds_the_book_and_the_same_book_gives_the_same_bytes(book, tmp_path):
    assert find_browser()
    printed = print_pdf(book, tmp_path / "new" / "book.pdf", made_on=DAY.made_on)
    assert printed and printed.path == tmp_path / "new" / "book.pdf"
    assert printed.reason == ""
    data = printed.path.read_bytes()
    assert len(DAY.parties) + 4 <= count_pages(data) <= 2 * len(DAY.parties) + 4
    assert b"(D:20261116000000" in data
    said = {letter for party in DAY.parties.values() for letter in party.name if letter.isalnum()}
    found = unicodedata.normalize("NFKC", "".join(read_letters(data)))
    # Where a font draws a letter and a radical alike (车), a PDF may name the radical.
    assert len(said - set(found)) <= len(said) // 20
    again = print_pdf(book, tmp_path / "again.pdf", made_on=DAY.made_on)
    assert again.path.read_bytes() == data


def read_letters(pdf):
    """Return the letters that a PDF's fonts can show, as their tables say that a reader may copy them."""
    letters = set()
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            table = zlib.decompress(found[1])
        except zlib.error:
            continue
        for block in re.findall(rb"begin(?:bfchar|bfrange)(.*?)end", table, re.DOTALL):
            for line in block.strip().splitlines():
                first, *rest = (int(code, 16) for code in re.findall(rb"<([0-9A-Fa-f]+)>", line))
                last, start = rest if len(rest) == 2 else (first, rest[0])
                letters |= {chr(start + step) for step in range(last - first + 1)}
    return letters


def test_without_a_browser_it_says_what_to_do(book, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("matchmaker.report.printing._MAC", ())
    monkeypatch.setattr("matchmaker.report.printing._WINDOWS", ())
    printed = print_pdf(book, tmp_path / "book.pdf")
    assert not printed
    assert "没有找到 Chromium" in printed.reason and str(book) in printed.reason
    assert "No Chromium" in print_pdf(book, tmp_path / "book.pdf", lang="en").reason
    assert not (tmp_path / "book.pdf").exists()


@needs_shell
def test_a_browser_that_fails_is_quoted_and_an_older_pdf_stays(book, tmp_path, browser):
    browser("echo first line >&2; echo no display here >&2; exit 3")
    (tmp_path / "book.pdf").write_bytes(b"older")
    printed = print_pdf(book, tmp_path / "book.pdf")
    assert not printed and "no display here" in printed.reason
    assert (tmp_path / "book.pdf").read_bytes() == b"older"


@needs_shell
def test_a_browser_that_never_ends_is_stopped(book, tmp_path, browser):
    browser("exec sleep 60")
    printed = print_pdf(book, tmp_path / "book.pdf", seconds=0.5)
    assert not printed and "0.5 秒" in printed.reason


@needs_shell
def test_what_the_browser_is_told(book, tmp_path, browser):
    browser(f'for word in "$@"; do echo "$word" >> {tmp_path}/told; done\n'
            'for word in "$@"; do case "$word" in --print-to-pdf=*) printf "%s" '
            '"/CreationDate (D:20260101120000+00\'00\')" > "${word#--print-to-pdf=}";; esac; done')  # fmt: skip
    printed = print_pdf(book, tmp_path / "book.pdf", made_on=date(2026, 11, 16))
    assert printed.path.read_bytes() == b"/CreationDate (D:20261116000000+00'00')"
    told = (tmp_path / "told").read_text().splitlines()
    assert "--headless" in told and "--no-pdf-header-footer" in told
    assert told[-1].startswith("file:///") and told[-1].endswith("%E6%89%8B%E5%86%8C%231.html")
    assert any(word.startswith("--user-data-dir=") for word in told)


@needs_shell
def test_a_target_that_cannot_be_replaced_is_an_error(book, tmp_path, browser, monkeypatch):
    browser('for word in "$@"; do case "$word" in --print-to-pdf=*) echo pdf > "${word#--print-to-pdf=}";; esac; done')

    def refuse(source, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(MatchmakerError, match="close it"):
        print_pdf(book, tmp_path / "book.pdf")
