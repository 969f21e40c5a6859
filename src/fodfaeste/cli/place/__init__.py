"""`fodfaeste place`: quotas, outcome models, proposals, and the decisions that persons make."""

from __future__ import annotations

import typer

from fodfaeste.cli.place import log
from fodfaeste.cli.place.backtest import backtest
from fodfaeste.cli.place.check import check
from fodfaeste.cli.place.compare import compare
from fodfaeste.cli.place.decide import decide
from fodfaeste.cli.place.evaluate import fairness, frontier, sensitivity
from fodfaeste.cli.place.explain import explain
from fodfaeste.cli.place.online import online
from fodfaeste.cli.place.quota import quota
from fodfaeste.cli.place.solve import solve
from fodfaeste.cli.place.train import score, train, try_out

app = typer.Typer(
    help="Who has the best chance to take root where: proposals with certificates, that a person decides on.",
    no_args_is_help=True,
)
COMMANDS = (
    check,
    solve,
    online,
    explain,
    compare,
    decide,
    frontier,
    fairness,
    sensitivity,
    backtest,
    train,
    score,
    quota,
)
for command in COMMANDS:
    app.command()(command)
app.command("try")(try_out)
app.add_typer(log.app, name="log")
