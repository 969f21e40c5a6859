"""A model as a folder: plain JSON, CSV and arrays. Reading one runs no code: nothing in it is pickled."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fodfaeste.errors import BadInput, Problem
from fodfaeste.place.outcomes.attributes import refuse_forbidden, rule_set
from fodfaeste.place.outcomes.boosting import Trees, trees_from_arrays, trees_to_arrays
from fodfaeste.place.outcomes.encode import Coding, Encoder
from fodfaeste.place.outcomes.frames import outcome
from fodfaeste.place.outcomes.glm import Glm
from fodfaeste.place.outcomes.model import FORMAT, Model, OutcomeModel
from fodfaeste.place.outcomes.proxies import Proxy

MODEL, ARRAYS, PLACES, CALIBRATION, PROXIES, SHEET = (
    "model.json",
    "arrays.npz",
    "places.csv",
    "calibration.csv",
    "proxies.csv",
    "datasheet.json",
)


def save(model: Model, folder: Path, *, texts: Mapping[str, str] | None = None) -> None:
    """Write a model, all of it or nothing; an earlier model there is replaced.

    Parameters
    ----------
    model : Model
    folder : Path
    texts : mapping of file name to text, optional
        Cards and other pages to lie beside the model.

    Raises
    ------
    BadInput
        If the folder holds something else than a model.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MODEL).is_file():
        todo = "Name a new folder, or one that holds a model."
        raise BadInput(Problem("a folder that is no model's", "an empty one", todo, str(folder)))
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(model, half, texts or {})
        if folder.exists():
            shutil.rmtree(folder)
        half.chmod(0o755)
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def load(folder: Path) -> Model:
    """Read a model.

    Raises
    ------
    BadInput
        If there is none, it is of another format, its files do not fit together, or a feature of it carries an
        attribute that its rule set forbids by now.
    """
    said = _json(folder / MODEL)
    if said.get("format") != FORMAT:
        todo = "Train the model again with this version."
        raise BadInput(Problem(f"format {said.get('format')}", f"format {FORMAT}", todo, str(folder / MODEL)))
    try:
        return _read(folder, said)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError, pl.exceptions.PolarsError) as error:
        found = f"files that do not fit together ({type(error).__name__}: {error})"
        raise BadInput(Problem(found, "a model as it was written", "Train it again.", str(folder))) from None


def _write(model: Model, folder: Path, texts: Mapping[str, str]) -> None:
    arrays: dict[str, NDArray[Any]] = {}
    for name, one in model.outcomes.items():
        if isinstance(one.fit, Glm):
            arrays |= {f"{name}/{key}": value for key, value in _glm_arrays(one.fit).items()}
        else:
            for number, trees in enumerate((one.fit, *one.refits)):
                arrays |= {f"{name}/{number}/{key}": value for key, value in trees_to_arrays(trees).items()}
    np.savez_compressed(folder / ARRAYS, **arrays)  # type: ignore[arg-type]
    _dump(folder / MODEL, _said(model))
    _dump(folder / SHEET, model.facts())
    model.places.write_csv(folder / PLACES)
    tables = [one.calibration.select(pl.lit(name).alias("outcome"), pl.all()) for name, one in model.outcomes.items()]
    pl.concat(tables).write_csv(folder / CALIBRATION)
    shown = ("attribute", "value", "persons", "auc", "low", "high")
    scores = [
        {name: told for name, told in one.to_dict().items() if name in shown}
        | {f"auc_from_{name}": value for name, value in one.from_forecast.items()}
        for one in model.audit
    ]
    pl.DataFrame(scores or {"attribute": []}).write_csv(folder / PROXIES)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _said(model: Model) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": model.version,
        "seed": model.seed,
        "rule_set": model.rules.name,
        "rule_from": None if model.rule_from is None else str(model.rule_from),
        "proxy_limit": model.proxy_limit,
        "features": {
            "person": model.person_features,
            "place": model.place_features,
            "pair": model.pair_features,
        },
        "encoder": {
            part: [one.to_dict() for one in getattr(model.encoder, part)] for part in ("person", "place", "pair")
        },
        "place_codes": model.place_codes,
        "place_types": {name: str(kind) for name, kind in model.places.schema.items()},
        "reference": model.reference,
        "register": model.register,
        "audit": [one.to_dict() for one in model.audit],
        "outcomes": {
            name: {
                "kind": one.kind,
                "platt": list(one.platt),
                "refits": len(one.refits),
                "told": one.told,
                "glm": _glm_numbers(one.fit) if isinstance(one.fit, Glm) else None,
            }
            for name, one in model.outcomes.items()
        },
    }


def _read(folder: Path, said: Mapping[str, Any]) -> Model:
    rules = rule_set(said["rule_set"])
    features = {part: tuple(said["features"][part]) for part in ("person", "place", "pair")}
    refuse_forbidden(features["person"], rules, file=str(folder / MODEL))
    encoder = Encoder(*(tuple(Coding.from_dict(one) for one in said["encoder"][part]) for part in features))
    for part, names in features.items():
        if tuple(one.name for one in getattr(encoder, part)) != names:
            raise ValueError(f"the features of {part} are not those of its encoder")
    text = pl.read_csv(folder / PLACES, infer_schema=False)
    places = text.with_columns(
        pl.col(name).cast(pl.String if kind == "String" else pl.Float64) for name, kind in said["place_types"].items()
    )
    table = pl.read_csv(folder / CALIBRATION, schema_overrides={"group": pl.String})
    with np.load(folder / ARRAYS, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    codes = tuple(said["place_codes"])
    return Model(
        outcomes={
            name: _read_outcome(name, one, arrays=arrays, encoder=encoder, codes=codes, table=table)
            for name, one in said["outcomes"].items()
        },
        rules=rules,
        encoder=encoder,
        person_features=features["person"],
        place_features=features["place"],
        pair_features=features["pair"],
        place_codes=codes,
        places=places,
        rule_from=None if said["rule_from"] is None else date.fromisoformat(said["rule_from"]),
        reference=said["reference"],
        audit=tuple(_read_proxy(one) for one in said["audit"]),
        proxy_limit=said["proxy_limit"],
        register=said["register"],
        version=said["version"],
        seed=said["seed"],
    )


def _read_proxy(said: Mapping[str, Any]) -> Proxy:
    return Proxy(**{**said, "features": tuple(said["features"]), "exempt": tuple(said["exempt"])})


def _read_outcome(
    name: str,
    said: Mapping[str, Any],
    *,
    arrays: Mapping[str, NDArray[Any]],
    encoder: Encoder,
    codes: tuple[str, ...],
    table: pl.DataFrame,
) -> OutcomeModel:
    fit: Glm | Trees
    refits: tuple[Trees, ...] = ()
    if said["kind"] == "glm":
        numbers: dict[str, Any] = said["glm"]
        fit = Glm(**_under(arrays, f"{name}/"), **numbers)
        p, q, r = (len(columns) for columns in (encoder.person_columns, encoder.place_columns, encoder.pair_columns))
        if (fit.persons, fit.features, fit.pairs) != (p, q, r) or fit.beta.size != 1 + p + q + p * q + r:
            raise ValueError(f"the coefficients of {name} are not those of its features")
        levels = fit.u
    else:
        grown = [trees_from_arrays(_under(arrays, f"{name}/{number}/")) for number in range(1 + said["refits"])]
        fit, refits = grown[0], tuple(grown[1:])
        for trees in grown:
            _check_trees(trees, encoder)
        levels = fit.place_level
    if levels.size != len(codes):
        raise ValueError(f"{levels.size} places in {name}, and {len(codes)} codes")
    slope, intercept = said["platt"]
    calibration = table.filter(pl.col("outcome") == name).drop("outcome")
    return OutcomeModel(outcome(name), said["kind"], fit, refits, (slope, intercept), said["told"], calibration)


def _check_trees(trees: Trees, encoder: Encoder) -> None:
    """Stop at trees that would lead out of their arrays, or in a circle: the kernel does not look."""
    nodes = trees.feature.size
    columns = len(encoder.person_columns) + len(encoder.place_columns) + len(encoder.pair_columns) + 1
    inner = trees.feature >= 0
    at = np.arange(nodes)
    further = all(bool(((side > at) & (side < nodes))[inner].all()) for side in (trees.left, trees.right))
    same = all(one.size == nodes for one in (trees.threshold, trees.left, trees.right, trees.value))
    rooted = bool(((trees.root >= 0) & (trees.root < nodes)).all())
    if not (further and same and rooted and trees.feature.max(initial=-1) < columns):
        raise ValueError("trees that lead nowhere")


def _glm_arrays(fit: Glm) -> dict[str, NDArray[Any]]:
    return {name: getattr(fit, name) for name in ("beta", "u", "beta_draws", "u_draws")}


def _glm_numbers(fit: Glm) -> dict[str, Any]:
    return {name: getattr(fit, name) for name in ("tau", "s", "persons", "features", "pairs")}


def _under(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}


def _dump(path: Path, said: Any) -> None:
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        todo = "Name the folder that `fodfaeste place train` wrote."
        raise BadInput(Problem(f"no {path.name}", "a model", todo, str(path.parent)))
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(Problem(f"no JSON ({error})", "a model", "Train it again.", str(path))) from None
    if not isinstance(said, dict):
        raise BadInput(Problem(f"a {type(said).__name__}", "a model", "Train it again.", str(path)))
    return said
