"""The rules of a slate as an organiser writes them: a TOML file, every mistake with its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker.cli.wording import MESSAGES
from matchmaker.errors import SettingError
from matchmaker.event import Quota, SlateRules
from matchmaker.text.tagging import FIELD_NAMES, tag_field

_Count = Annotated[int, Field(ge=0)]
_Weight = Annotated[float, Field(ge=0)]


class _QuotaTable(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    by: Literal["institution", "field"]
    name: str = ""
    least: _Count = 0
    most: _Count | None = None

    @model_validator(mode="after")
    def _in_order(self) -> _QuotaTable:
        if self.most is not None and self.most < self.least:
            raise ValueError("least > most")
        return self


class SlateFile(BaseModel):
    """What a file of rules may hold; all of it may be left out."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    k: Annotated[int, Field(ge=1)] = 50
    min_maturity: str | int = ""
    key_fields: list[str] = Field(default_factory=lambda: list(FIELD_NAMES))
    include: list[str] = Field(default_factory=list)
    exclude: list[str] = Field(default_factory=list)
    returns: Annotated[list[Annotated[float, Field(gt=0)]], Field(min_length=1)] = [1.0, 0.5, 0.25]
    maturity_weight: _Weight = 0.2
    key_weight: _Weight = 0.2
    quota: list[_QuotaTable] = Field(default_factory=list)

    def rules(self, min_level: int) -> SlateRules:
        """Return the rules; fields in the names that the registers' fields are brought to."""
        quotas = (
            Quota(one.by, tag_field(one.name) if one.by == "field" else one.name.strip(), one.least, one.most)
            for one in self.quota
        )
        return SlateRules(
            k=self.k,
            quotas=tuple(quotas),
            min_level=min_level,
            key_fields=frozenset(map(tag_field, self.key_fields)),
            include=tuple(self.include),
            exclude=tuple(self.exclude),
            returns=tuple(sorted(self.returns, reverse=True)),
            maturity_weight=self.maturity_weight,
            key_weight=self.key_weight,
        )


def read_slate_file(path: Path | None, lang: str) -> SlateFile:
    """Read a file of rules; the usual ones where there is none.

    Raises
    ------
    SettingError
        If the file cannot be read or a value cannot be used; the message names file and line.
    """
    if path is None:
        return SlateFile()
    words = MESSAGES[lang]
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingError(words["unreadable"].format(path=path, detail=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise SettingError(words["bad_encoding"].format(path=path)) from error
    try:
        return SlateFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingError(words["bad_toml"].format(path=path, detail=error)) from error
    except ValidationError as error:
        told = []
        for mistake in error.errors(include_url=False):
            unknown = mistake["type"] == "extra_forbidden"
            place = [part for part in mistake["loc"] if unknown or isinstance(part, int) or part in _KEYS]
            key = "unknown_rule" if unknown else "bad_rule"
            name = next((part for part in reversed(place) if isinstance(part, str)), "")
            told.append(
                words[key].format(
                    path=path,
                    line=find_line(text, place),
                    name=name,
                    found=str(mistake["input"])[:60],
                    allowed=", ".join(SlateFile.model_fields),
                    expected=words.get(f"rule_{name}", mistake["msg"]),
                )
            )
        raise SettingError("\n".join(dict.fromkeys(told))) from error


_KEYS = {*SlateFile.model_fields, *_QuotaTable.model_fields}


def find_line(text: str, place: list[str | int]) -> int:
    r"""Return the line of a TOML text where a key stands, from 1; of ``["quota", 1, "most"]`` that in the second table.

    Examples
    --------
    >>> find_line("k = 5\n[[quota]]\nby = 'field'\n[[quota]]\nmost = 1", ["quota", 1, "most"])
    5
    """
    lines = text.splitlines()
    start = 0
    if len(place) > 1 and place[0] == "quota" and isinstance(place[1], int):
        tables = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*quota\s*\]\]", line)]
        start = tables[place[1]] if place[1] < len(tables) else 0
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    for number in range(start, len(lines)):
        if re.match(rf"\s*\"?{re.escape(name)}\"?\s*=", lines[number]):
            return number + 1
    return start + 1
