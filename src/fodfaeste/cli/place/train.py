"""`fodfaeste place train` and `fodfaeste place score`: a register to a model, a model and arrivals to a problem."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fodfaeste.cli._output import progress, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from fodfaeste.cli._output import Progress
    from fodfaeste.place.outcomes import Frames, Model
    from fodfaeste.place.outcomes.fitting import Kind

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


def train(
    register: Annotated[
        str, typer.Argument(help="A folder of CSV or Parquet files, or duckdb://, sqlite:///, postgres://.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write the model into.")],
    *,
    outcome: Annotated[
        list[str] | None, typer.Option(help="work_24, staying_36, self_support_12 and so on; again for more.")
    ] = None,
    rule_set: Annotated[
        str, typer.Option(help="Says which attributes may not enter: denmark, denmark_with_age, united_states.")
    ] = "denmark",
    feature: Annotated[
        list[str] | None, typer.Option(help="A column of persons to learn from; again for more.")
    ] = None,
    proxy_limit: Annotated[
        float, typer.Option(help="AUC above which features give a forbidden attribute away.", min=0.5, max=1.0)
    ] = 0.75,
    kinds: Annotated[
        str, typer.Option(help="What is tried, with commas: glm (quick), boosting. Another is kept if it is better.")
    ] = "glm,boosting",
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
    engine: Annotated[str, typer.Option(help="duckdb; local or spark://host:port for Spark.")] = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Train outcome models on a register: who is in work, who is still there, by household and place.

    Attributes that the rule set forbids never enter; features that give one away are refused (exit code 4).
    """
    from fodfaeste.place import outcomes

    chosen = _kinds(kinds)
    with progress() as show:
        frames = _frames(register, engine, show)
        model = outcomes.train(
            frames,
            tuple(outcome or ("work_24", "staying_36")),
            rule_set=rule_set,
            features=feature or None,
            proxy_limit=proxy_limit,
            kinds=chosen,
            seed=seed,
            progress=lambda doing, share: show(doing, 0.2 + 0.8 * share),
        )
        outcomes.save(model, out, texts=_cards(model))
    if as_json:
        say_json(model.facts())
        return
    for name, one in model.facts()["outcomes"].items():
        loss, auc = one["cross_fitted"]["log_loss"], one["cross_fitted"]["auc"]
        typer.echo(
            f"{name}: {one['adults']} adults in {one['households']} households; {one['kind']}; log loss "
            f"{loss['value']:.4f} ({loss['low']:.4f} to {loss['high']:.4f}), AUC {auc['value']:.3f} "
            f"({auc['low']:.3f} to {auc['high']:.3f}), cross-fitted"
        )
    typer.echo(str(out))


def score(
    model: Annotated[Path, typer.Argument(help="A folder that train wrote.")],
    households: Annotated[Path, typer.Argument(help="CSV or Parquet: a row a person, with household and adult.")],
    places: Annotated[Path, typer.Argument(help="CSV or Parquet: place, capacity_persons and so on.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write the problem into.")],
    *,
    aggregate: Annotated[
        str, typer.Option(help="How adults make a household: sum, mean, or any (at least one).")
    ] = "sum",
    as_json: AsJson = False,
) -> None:
    """Forecast every outcome of arriving households at every place, and write the placement problem."""
    from fodfaeste.place import outcomes
    from fodfaeste.place.folder import write_problem
    from fodfaeste.place.outcomes.score import AGGREGATES

    chosen = next((one for one in AGGREGATES if one == aggregate), None)
    if chosen is None:
        from fodfaeste.errors import UnknownName

        raise UnknownName("the aggregate", aggregate, AGGREGATES)
    with progress() as show:
        show("reading", 0.0)
        trained = outcomes.load(model)
        text = [one.name for one in (*trained.encoder.person, *trained.encoder.place) if one.is_text]
        people = _table(households, ["household", "person", "network", *text])
        table = _table(places, ["place", *text])
        show("forecasts", 0.2)
        scored = outcomes.score(trained, people, table, aggregate=chosen, file=households.name)
        problem = outcomes.problem_from(trained, people, table, aggregate=chosen, scored=scored)
        show("writing", 0.8)
        write_problem(problem, out, file_format="parquet")
    if as_json:
        say_json(
            {
                "folder": str(out),
                "households": len(scored.households),
                "places": len(scored.places),
                "outcomes": list(scored.outcomes),
                "notes": [{"code": note.code, "text": note.text, "severity": note.severity} for note in scored.notes],
                "drift": [
                    {"feature": one.feature, "psi": one.psi, "outside": one.outside, "verdict": one.verdict}
                    for one in scored.drift
                ],
            }
        )
        return
    for note in scored.notes:
        typer.echo(f"{note.code}: {note.text}", err=True)
    typer.echo(f"{out}: {len(scored.households)} households at {len(scored.places)} places")


def try_out(
    model: Annotated[Path, typer.Argument(help="A folder that train wrote.")],
    register: Annotated[
        str, typer.Argument(help="A folder of CSV or Parquet files, or duckdb://, sqlite:///, postgres://.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write trial.json into.")],
    *,
    bootstraps: Annotated[int, typer.Option(help="Households drawn again for the intervals.", min=99)] = 500,
    shuffles: Annotated[int, typer.Option(help="Worlds in which places do nothing, for the null test.", min=19)] = 19,
    seed: Annotated[int, typer.Option(help="The same seed tells the same.", min=0)] = 0,
    engine: Annotated[str, typer.Option(help="duckdb; local or spark://host:port for Spark.")] = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Try a model on its past: what those who came later would have got by it, and whether it may be used.

    Exit code 0 whether it passes or not; `passed` and every rule stand in trial.json.
    """
    from fodfaeste.cli.place._evaluated import write_result
    from fodfaeste.place import outcomes
    from fodfaeste.place.outcomes.trial import trial

    with progress() as show:
        frames = _frames(register, engine, show)
        told = trial(
            frames,
            outcomes.load(model),
            bootstraps=bootstraps,
            shuffles=shuffles,
            seed=seed,
            progress=lambda doing, share: show(doing, 0.1 + 0.9 * share),
        ).to_dict()
        write_result(out, "trial", told, {})
    if as_json:
        say_json(told)
        return
    for one in told["checks"]:
        typer.echo(f"{'kept' if one['passed'] else 'broken'}: {one['code']} {one['found']}".rstrip())
    typer.echo(f"{'passed' if told['passed'] else 'not passed'} ({told['label']}): {out / 'trial.json'}")


def _table(path: Path, codes: Sequence[str]) -> pl.DataFrame:
    """Read a table; codes and groups stay the text that they are: municipality 101 is not the number 101.0."""
    import polars as pl

    from fodfaeste.place.outcomes.attributes import AUDIT_PREFIX
    from fodfaeste.tables import as_frame, read_text

    frame = as_frame(path)
    if path.suffix == ".parquet":
        return frame
    table = read_text(path)
    as_written = {
        name: pl.Series([row[position].strip() or None for row in table.rows], dtype=pl.String)
        for position, name in enumerate(table.header)
        if name in codes or name.startswith(AUDIT_PREFIX)
    }
    return frame.with_columns(**as_written)


def _kinds(said: str) -> tuple[Kind, ...]:
    from fodfaeste.errors import UnknownName
    from fodfaeste.place.outcomes.fitting import KINDS

    known = {str(one): one for one in KINDS}
    asked = [one.strip() for one in said.split(",")]
    for one in asked:
        if one not in known:
            raise UnknownName("the kind of model", one, known)
    return tuple(known[one] for one in dict.fromkeys(asked))


def _frames(source: str, engine: str, show: Progress) -> Frames:
    from fodfaeste.report.place.frames import frames_of

    return frames_of(source, engine=engine, progress=lambda doing, share: show(doing, 0.1 * share))


def _cards(model: Model) -> dict[str, str]:
    from fodfaeste.report.place.card import card_text

    facts = model.facts()
    return {"card.da.md": card_text(facts, "da"), "card.en.md": card_text(facts, "en")}
