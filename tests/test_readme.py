"""What the documentation says is true: its code runs, and the names in its tables and links exist."""

import re
from pathlib import Path

import pytest

from matchmaker import evaluation, read_achievements
from matchmaker.cli.commands import build_command
from matchmaker.cli.program import ExitCode, take_switches
from matchmaker.delivery import OUTPUTS
from matchmaker.errors import TableError
from matchmaker.evaluation import plots
from matchmaker.tables.columns import match_columns
from matchmaker.tables.contracts import ACHIEVEMENTS, JUDGMENTS, NEEDS, PAIRS, SHORTLISTS

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
CONTRACTS = (ACHIEVEMENTS, NEEDS, JUDGMENTS, PAIRS, SHORTLISTS)
DOCUMENTS = [
    *READMES,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "training/README.md",
    ROOT / "notebooks/README.md",
    *sorted((ROOT / "benchmarks").glob("*.md")),
    ROOT / "matchmaker/samples/README.md",
    *sorted((ROOT / "matchmaker/text").glob("*/CARD.md")),
]

both = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)


def read_prose(path):
    """Return a page without its blocks of code."""
    return re.sub(r"(?s)```.*?```", "", path.read_text(encoding="utf-8"))


def table_rows(path):
    """Return the cells of every table row of a page."""
    rows = [re.split(r"(?<!\\)\|", line.strip("| ")) for line in read_prose(path).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows]


def ticked(text):
    return re.findall(r"`([^`]+)`", text)


@both
def test_the_python_code_runs_as_written(readme, tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, readme.name, "exec"), names)
    assert len(names["shortlists"]) == len(names["needs"]) == 60
    assert len(names["engine"].achievements) == len(names["achievements"]) - 1
    assert names["report"].needs == 60
    assert not names["report"].adopted  # as both pages say of the sample's own judgments
    assert (tmp_path / "models/2026-11/model.json").is_file()
    printed = capsys.readouterr().out
    for match in names["shortlists"][0]:
        assert f"{match.rank} {match.achievement_id} {match.probability:.0%} {match.evidence}" in printed


def test_the_code_about_measuring_runs_as_written(tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs/evaluation.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "evaluation.md", "exec"), {})
    assert (tmp_path / "exposure.png").read_bytes().startswith(b"\x89PNG")
    printed = capsys.readouterr().out
    assert "没有单位包揽清单" in printed  # as the page says of the samples
    assert "of the best possible one" in printed and "By need: three ranks better on" in printed
    named = set(re.findall(r"`((?:evaluate|measure|plot|find|count|join|contrast|compare)_?\w*)`", page))
    assert named >= {"measure_learning", "plot_scores", "compare"}
    for name in named:
        assert hasattr(evaluation, name) or hasattr(plots, name), name


def test_both_readmes_have_the_same_code():
    blocks = [re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)[0] for path in READMES]
    english, chinese = ([line.split("  #")[0] for line in block.splitlines()] for block in blocks)
    assert [line for line in english if "lang" not in line and '"en"' not in line] == [
        line for line in chinese if "Matchmaker()" not in line and "to_text" not in line
    ]


@both
@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_the_columns_are_those_of_the_contract(readme, contract):
    (row,) = (row for row in table_rows(readme) if row[0].split()[0] == contract.name)
    assert set(ticked(row[1])) == {column.name for column in contract.columns}
    assert set(re.findall(r"\*\*`(\w+)`\*\*", row[1])) == set(contract.required)


@both
def test_the_chinese_headers_are_read(readme):
    columns = {column.name for contract in CONTRACTS for column in contract.columns}
    checked = set()
    for row in table_rows(readme):
        if len(row) < 2 or ticked(row[0])[:1] != [row[0].strip("`")] or row[0].strip("`") not in columns:
            continue
        name, headers = row[0].strip("`"), re.findall(r"[\u4e00-\u9fff]+", row[1])
        for header in headers:
            assert any(match_columns([header], contract).get(name) == 0 for contract in CONTRACTS), (name, header)
            checked.add(name)
    assert checked >= {column.name for contract in (ACHIEVEMENTS, NEEDS) for column in contract.columns}


@both
def test_the_marked_up_headers_are_read(readme):
    headers = [cell for cell in ticked(read_prose(readme)) if "（" in cell]
    assert match_columns(headers, NEEDS) == {"title": 0, "budget": 1}


@both
def test_the_file_types_are_those_that_are_read(readme, tmp_path):
    strange = tmp_path / "register.pages"
    strange.write_text("x")
    with pytest.raises(TableError) as caught:
        read_achievements(strange, lang="en")
    allowed = set(re.findall(r"\.\w+", str(caught.value).split("use one of")[1]))
    named = {name for cell in ticked(read_prose(readme)) for name in re.findall(r"(?<!\S)\.\w+(?![\w.\\/])", cell)}
    assert named == allowed


@both
def test_the_files_written_are_those_of_a_delivery(readme):
    rows = {name for row in table_rows(readme) for name in ticked(row[0])}
    assert rows >= set(OUTPUTS)


@both
def test_the_commands_and_options_exist(readme):
    commands = build_command("en").commands
    named = set(re.findall(r"(?:`|bin/)matchmaker (\w+) ", readme.read_text(encoding="utf-8")))
    assert named == set(commands)
    described = 0
    for row in table_rows(readme):
        options = [option for cell in ticked(row[0]) for option in re.findall(r"--[\w-]+", cell)]
        if not row[0].startswith("`--"):
            continue
        of = re.findall(r"[a-z]+", row[1])
        for option in options:
            described += 1
            if row[1] in ("all", "全部"):
                assert take_switches([option, "zh"])[1] in (["zh"], []), option
                continue
            assert of
            for command in of:
                assert any(option in parameter.opts for parameter in commands[command].params), (command, option)
    assert described > 20


@both
def test_every_option_is_described(readme):
    described = {
        option for row in table_rows(readme) for cell in ticked(row[0]) for option in re.findall(r"--[\w-]+", cell)
    }
    for name, command in build_command("en").commands.items():
        for parameter in command.params:
            missing = set(parameter.opts) - described - {"--help"}
            assert parameter.param_type_name == "argument" or not missing, (name, missing)


@both
def test_the_exit_codes_are_those_of_the_program(readme):
    codes = [int(code) for row in table_rows(readme) if re.match(r"\d", row[0]) for code in re.findall(r"\d+", row[0])]
    assert codes == sorted(ExitCode)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", read_prose(document)):
        if not re.match(r"https?:|#", target):
            assert (document.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_modules_named_exist(document):
    """`rank/features.py:compare` names a file by the end of its path, and something in it."""
    modules = [
        path for room in ("matchmaker", "training", "benchmarks", "tests") for path in (ROOT / room).rglob("*.py")
    ]
    for named in ticked(read_prose(document)):
        found = re.fullmatch(r"((?:\w+/)*\w+\.py)(?::(\w+))?", named)
        if not found:
            continue
        candidates = [path for path in modules if path.as_posix().endswith(f"/{found[1]}")]
        assert candidates, named
        if found[2]:
            assert any(re.search(rf"\b{found[2]}\b", path.read_text(encoding="utf-8")) for path in candidates), named


@pytest.mark.parametrize("document", [ROOT / "README.zh.md"], ids=lambda path: path.name)
def test_chinese_is_punctuated_in_full_width(document):
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", read_prose(document))
    assert re.findall(r".{0,5}[\u4e00-\u9fff][,;:!?()].{0,5}", text) == []
