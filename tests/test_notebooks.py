"""Notebooks are stored without results, run from top to bottom without a network, and compute what they tell of."""

import json
import re
import runpy
from html import unescape
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from matchmaker import read_achievements, read_needs, read_shortlists
from matchmaker.delivery import OUTPUTS
from matchmaker.samples import sample_path

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
TOOL = runpy.run_path(str(FOLDER / "tidy.py"))

# The kernel talks to its client past Python's own sockets, so that whatever these see is the notebook's.
NO_NETWORK = """
def _refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(f"a notebook asked for the network: {event} {arguments}")

__import__("sys").addaudithook(_refuse)
"""

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    """Neither read nor write what the person who runs the tests has set for IPython and Jupyter."""
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))


def execute(notebook, folder):
    folder.mkdir(exist_ok=True)
    NotebookClient(
        notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()


def play(stem, folder, **probes):
    """Run a notebook in a folder; return the outputs of each cell by its id, and what the probes found afterwards."""
    path = FOLDER / f"{stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    first = nbformat.v4.new_code_cell(NO_NETWORK, id="no-network")
    found = ", ".join(f"{name!r}: {expression}" for name, expression in probes.items())
    last = nbformat.v4.new_code_cell(f"print(__import__('json').dumps({{{found}}}))", id="probes")
    notebook.cells = [first, *notebook.cells, last]
    execute(notebook, folder)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    said = [output.text for cell in cells for output in cell.outputs if output.get("name") == "stderr"]
    assert not said, said  # a warning is nothing that people should have to read
    outputs = {cell.id: cell.outputs for cell in cells}
    values = json.loads(outputs.pop("probes")[0].text)
    notebook.cells = notebook.cells[1:-1]
    assert TOOL["tidy"](nbformat.writes(notebook)) == path.read_text(encoding="utf-8")  # nothing of a run would stay
    return outputs, values


def read_text(outputs):
    return "".join(output.text for output in outputs if output.output_type == "stream")


def read_html(outputs):
    return "".join(output.data.get("text/html", "") for output in outputs if "data" in output)


def count_figures(outputs):
    return sum("image/png" in output.get("data", {}) for cell in outputs.values() for output in cell)


def test_there_are_four_and_the_page_names_them():
    assert [path.stem for path in NOTEBOOKS] == ["1-tour", "2-quality", "3-why", "4-learning"]
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((.+\.ipynb)\)", page) == [path.name for path in NOTEBOOKS]


@every
def test_stored_without_results(path):
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata == TOOL["METADATA"]
    for cell in notebook.cells:
        assert not cell.metadata
        assert re.fullmatch("[a-z-]+", cell.id), "an id says what a cell is about"
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    assert TOOL["tidy"](text) == text


@every
def test_prose_is_chinese_below_one_english_sentence(path):
    notebook = nbformat.read(path, as_version=4)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    title, english = prose[0].split("\n\n")[:2]
    assert re.match(r"# [\u4e00-\u9fff]", title) and re.fullmatch(r"\*[A-Z][ -~]+\.\*", english)
    for text in prose:
        assert re.search(r"[\u4e00-\u9fff]", text)
        plain = re.sub(r"`[^`]*`", "", text)
        assert re.findall(r".{0,5}[\u4e00-\u9fff][,;:!?()].{0,5}", plain) == []  # full width beside Chinese
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.cells[1].id == "settings" and "sample_path" in notebook.cells[1].source
    assert code.count("sample_path(") == notebook.cells[1].source.count("sample_path(")  # one cell to change


def test_an_untidy_notebook_is_named_and_mended(tmp_path, capsys):
    text = NOTEBOOKS[0].read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    notebook.metadata.language_info = {"name": "python", "version": "3.11.2"}
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.outputs, code.execution_count = [nbformat.v4.new_output("stream", text="42")], 7
    code.metadata.collapsed = True
    untidy = tmp_path / NOTEBOOKS[0].name
    nbformat.write(notebook, untidy)
    before = untidy.read_bytes()
    main = TOOL["main"]
    main.__globals__["FOLDER"] = tmp_path
    try:
        assert main(["--check"]) == 1 and untidy.read_bytes() == before
        assert main([]) == 0 and untidy.read_text(encoding="utf-8") == text
        assert main(["--check"]) == 0
    finally:
        main.__globals__["FOLDER"] = FOLDER
    assert capsys.readouterr().out.split() == [untidy.name] * 2


def test_the_network_is_out_of_reach(tmp_path):
    ask = nbformat.v4.new_code_cell('import socket\nsocket.create_connection(("192.0.2.1", 80), timeout=1)')
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NO_NETWORK), ask])
    with pytest.raises(CellExecutionError, match="asked for the network"):
        execute(notebook, tmp_path)


def test_tour(tmp_path):
    outputs, found = play(
        "1-tour",
        tmp_path / "work",
        served="served",
        gaps="[one.need_id for one in gaps]",
        rejected="[one.row for one in tried.rejected]",
        pairs="len(table)",
        same="same",
        left="len(again.achievements)",
        suitable="{name: sum(one.suitable for one in lists) for name, lists in narrowed.items()}",
    )
    assert found["served"] + len(found["gaps"]) == 60 and found["served"] > 40
    assert "N-0020" in found["gaps"] and "已过截止日期" in read_html(outputs["gaps"])
    assert found["rejected"] == [3, 5] and "重复" in read_html(outputs["rejected"])
    assert found["same"] and found["left"] == 119
    loose, *strict = found["suitable"].values()
    assert len(strict) == 3 and all(0 < count < loose for count in strict)
    results = tmp_path / "work/results"
    assert {path.name for path in results.iterdir()} == {*OUTPUTS, "model"}
    assert len(read_shortlists(results / "shortlists.csv")) == found["pairs"]
    assert all(name in read_html(outputs["deliver"]) for name in OUTPUTS)


def test_quality(tmp_path):
    outputs, found = play(
        "2-quality",
        tmp_path / "work",
        ndcg='[summary["ndcg@10"].low, summary["ndcg@10"].value, summary["ndcg@10"].high]',
        mean='float(summary.by_need()["ndcg@10"].mean())',
        unjudged='summary["unjudged@10"].value',
        shares="[one.exposure_share for one in exposure.institutions]",
        pairs="[len(pairs), sum(one.pairs for one in reliability.bins)]",
        misses="len(misses)",
        counted='int(counts["total"].sum())',
        compared="comparison.main.difference",
        other='other["ndcg@10"].value',
    )
    low, value, high = found["ndcg"]
    assert 0.5 < low < value < high < 1 and value == pytest.approx(found["mean"])
    assert f"{found['unjudged']:.0%}" in read_text(outputs["unjudged"])
    assert sum(found["shares"]) == pytest.approx(1) and len(found["shares"]) == 7
    assert "没有单位包揽清单" in read_text(outputs["exposure"])
    assert found["pairs"][0] == found["pairs"][1] > 200
    assert found["misses"] == found["counted"] > 0
    assert read_html(outputs["browse"]).count("<details") == min(found["misses"], 15)
    assert found["compared"] == pytest.approx(found["other"] - value)
    assert count_figures(outputs) == 5


def test_why(tmp_path):
    outputs, found = play(
        "3-why",
        tmp_path / "work",
        total="[total, best.score]",
        probability="best.probability",
        best="best.achievement_id",
        outcomes="outcomes.to_dict()",
        restored="trial.score([need], [Pair(need.id, chosen.id)])[0].probability",
        below="[match.probability for match in below]",
    )
    assert found["total"][0] == pytest.approx(found["total"][1])
    assert found["outcomes"]["原样"] == found["restored"] == pytest.approx(found["probability"])
    assert found["outcomes"]["成果只写名称"] < found["outcomes"]["原样"]
    assert all(probability < 0.5 for probability in found["below"])
    need = next(one for one in read_needs(sample_path("needs")) if one.id == "N-0005")
    best = next(one for one in read_achievements(sample_path("achievements")) if one.id == found["best"])
    cells = re.findall(r"(?s)<td.*?</td>", read_html(outputs["spans"]))
    for cell, profile in zip(cells, (need, best), strict=True):
        assert "<mark" in cell
        plain = unescape(re.sub("<[^>]+>", "", cell))
        assert profile.title in plain and profile.description in plain  # marking loses not one sign
    marked = [{unescape(term) for term in re.findall(r"<mark[^>]*>(.*?)</mark>", cell)} for cell in cells]
    assert marked[0] & marked[1]
    assert count_figures(outputs) == 2


def test_learning(tmp_path):
    outputs, found = play(
        "4-learning",
        tmp_path / "work",
        adopted="report.adopted",
        same="before.equals(after)",
        apart="bool({one.need_id for one in taught} & {one.need_id for one in tested})",
        needs="report.needs",
        local="[local_report.adopted, float(local_before.score.corr(local_before.grade)),"
        " float(local_after.score.corr(local_after.grade))]",
        curve="[point.judgments for point in curve.points]",
        refused="{label: [one.adopted, one.backwards] for label, one in refusals.items()}",
    )
    assert not found["apart"] and found["needs"] == 45
    assert found["adopted"] != found["same"]  # a refused lesson changes nothing, an adopted one something
    told = read_text(outputs["learn"])
    assert ("未采用新模型" in told) == (not found["adopted"])
    assert "没有一项变动" in read_text(outputs["moved"]) or found["adopted"]
    adopted, before, after = found["local"]
    assert adopted and after > before  # the lesson that can be learned is learned
    assert found["curve"][0] == 0 and len(found["curve"]) == 4
    assert found["refused"] == {"等级填反": [False, True], "等级乱填": [False, False]}
    assert "请确认分值是否越大越好" in read_text(outputs["refused"])
    assert count_figures(outputs) >= 5
