"""The page of all commands, written from the commands themselves: `python -m tests.docs.commands` renews it."""

from __future__ import annotations

import inspect
from typing import Any

from typer.main import get_command

from pulso.cli import app
from pulso.cli.examples import EXAMPLES
from tests.conftest import REPO

PAGE = REPO / "docs" / "reference" / "commands.md"
HEAD = """# Commands

Written by `python -m tests.docs.commands` from the commands themselves; a test keeps it true. `pulso COMMAND --help` says the same.

All data lives under `PULSO_HOME` (default `var`). Days are the city's own, first and last included. Commands print in English, or in
Portuguese where `--lang pt`, `PULSO_LANG=pt` or the shell (`LANG=pt_PT.UTF-8`) says so; a bulletin is in its city's language. Letters of
what went wrong and `--help` are English. What is printed for machines (`--json`, `--csv`) has the same keys in both.


| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a check found something; or a general failure |
| 2 | a mistake in a city file, or in the command |
| 3 | no source answered, or with `--strict` one did not; what others said is kept |
| 4 | a source answers in another shape than declared |
| 5 | the lake could not be read or written |
| 6 | nothing is known or published of what was asked |
| 130 | stopped by hand; the next run goes on from there |
"""


def page() -> str:
    """All commands by panel, each with its help and a table of its arguments and options."""
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    panels: dict[str, list[Any]] = {}
    for command in commands.values():
        panel = panels.setdefault(command.rich_help_panel, [])
        panel.append(command)
        for one in getattr(command, "commands", {}).values():  # of a group: pulso fibre check
            one.name = f"{command.name} {one.name}"
            panel.append(one)
    parts = [HEAD]
    for panel, some in panels.items():
        parts += [f"## {panel}\n", *(_command(c) for c in some)]
    return "\n".join(parts)


def _command(command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join(["pulso", command.name, *(_named(a) for a in arguments)])
    rows = [f"| `{_named(a)}` | {_cell(a.help)} |" for a in arguments]
    rows += [f"| {', '.join(f'`{o}`' for o in p.opts)}{_takes(p)}{' (needed)' if p.required else ''} | {_cell(p.help)} |" for p in options]
    example = EXAMPLES.get(command.name) or command.epilog.removeprefix("Example:").strip()
    shown = ["```sh", example, "```", ""]
    return "\n".join([f"### {usage}\n", inspect.cleandoc(command.help or ""), "", *shown, "| | |", "|---|---|", *rows, ""])


def _named(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _takes(option: Any) -> str:
    if option.is_flag:
        return ""
    shown = option.metavar or option.name.upper()
    return f" {shown.replace('|', chr(92) + '|')}"


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
