"""The examples in the documentation of the evaluation room run, and the room stays by itself."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

from matchmaker import evaluation

MODULES = [
    "matchmaker.evaluation",
    *(f"matchmaker.evaluation.{m.name}" for m in pkgutil.iter_modules(evaluation.__path__)),
]
WITHOUT_EXAMPLES = {"evaluation", "lists", "statistics", "summary"}


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    assert (result.attempted > 0) == (name.rpartition(".")[2] not in WITHOUT_EXAMPLES)


def test_the_front_door_names_all_it_holds():
    public = {name for name in vars(evaluation) if not name.startswith("_")}
    modules = {name.rpartition(".")[2] for name in MODULES[1:]}
    assert public - modules == set(evaluation.__all__)


def test_the_room_imports_only_records_and_errors():
    for path in Path(evaluation.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("matchmaker"):
                assert node.module in {"matchmaker.records", "matchmaker.errors"} or node.module.startswith(
                    "matchmaker.evaluation"
                ), f"{path.name} imports {node.module}"
