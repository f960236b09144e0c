"""The console script `tracker`. Each command lives in a module of its own, imported when it is asked for."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from app.core.errors import TrackerError
from config import SettingsError

# command → module of this package; the module has a click command of that name.
MODULES = {
    "accounts": "accounts",
    "admin": "admin",
    "audit": "audit",
    "backup": "backup",
    "coverage": "coverage",
    "db": "db",
    "demo": "demo",
    "doctor": "doctor",
    "figures": "figures",
    "evidence": "evidence",
    "import": "imports",
    "mail": "mail",
    "reference": "reference",
    "report": "report",
    "restore": "restore",
    "scheduled": "scheduled",
    "serve": "serve",
}
REFUSED = 2


class Commands(click.Group):
    """Finds commands by name without importing the others, and turns refusals into one plain line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands whose module is there."""
        return [name for name, module in MODULES.items() if importlib.util.find_spec(f"{__name__}.{module}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The click command of that name, None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{MODULES[cmd_name]}")
        commands = (thing for thing in vars(module).values() if isinstance(thing, click.Command))
        return next((command for command in commands if command.name == cmd_name), None)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a person should read goes to stderr without a traceback, exit code 2."""
        try:
            return super().invoke(ctx)
        except (TrackerError, SettingsError) as error:
            refusal = str(error)
        except OperationalError as error:
            refusal = f"The database does not answer: {str(error.orig).strip().splitlines()[0]}"
        click.echo(f"tracker: {refusal}", err=True)
        raise click.exceptions.Exit(REFUSED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Technical assistance on justice for children: logged, reviewed, counted, traceable."""
