"""Regression of the time to the first move."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.hazard_regression import PHReg

from fodfaeste.errors import BadInput, NotEnoughPeople, Refused, UnknownName
from fodfaeste.measure.hazards import FINE_GRAY, cox_cause, finegray
from fodfaeste.measure.hazards_fit import (
    inverse,
    maximise,
    risk_table,
    score_residuals,
    watched,
    weight_residuals,
    weights,
)

BOTH = pytest.mark.parametrize("measure", [cox_cause, finegray])
COVARIATES = ["sex", "age"]
EVENTS = ["censored", "moved", "emigrated", "dead"]


def register(seed, n=400, *, months=True, late=True, ratio=1.5):
    """Persons whose hazard of moving is `ratio` times as high for men."""
    rng = np.random.default_rng(seed)
    male, age = rng.random(n) < 0.4, rng.integers(18, 60, n)
    move = rng.exponential(30 / ratio**male * np.exp((age - 38) / 60))
    leave, watch = rng.exponential(70, n), rng.uniform(10, 80, n)
    entry = np.where(rng.random(n) < 0.3, rng.uniform(0, 15, n), 0) if late else np.zeros(n)
    if months:
        move, leave, watch, entry = np.ceil(move), np.ceil(leave), np.ceil(watch), np.floor(entry)
    time = np.minimum(np.minimum(move, leave), watch)
    other = rng.choice(["emigrated", "dead"], n)
    event = np.where(move == time, "moved", np.where(leave == time, other, "censored"))
    frame = pl.DataFrame(
        {
            "time": time,
            "event": event,
            "entry": entry,
            "sex": np.where(male, "male", "female"),
            "age": age,
            "town": rng.integers(0, 40, n),
        }
    )
    return frame.filter(pl.col("time") > pl.col("entry"))


@pytest.fixture(scope="module")
def people():
    return register(1)


def fit(measure, frame, covariates=COVARIATES, **options):
    return measure(frame, "time", "event", covariates, **({"allow_nonproportional": True} | options))


def estimates(model):
    return model.table["estimate"].to_numpy()


def errors(model):
    return model.table["se"].to_numpy()


def same(one, other, rel=1e-9):
    assert estimates(one) == pytest.approx(estimates(other), rel=rel)
    assert errors(one) == pytest.approx(errors(other), rel=rel)


# What a model says


@BOTH
def test_the_table_has_a_row_a_term_with_its_persons_and_its_interval(people, measure):
    found = fit(measure, people, level=0.9)
    sex, age = found.table.rows(named=True)
    men = people.filter(sex="male")
    assert (sex["term"], sex["n"], sex["events"]) == ("sex=male", men.height, men.filter(event="moved").height)
    assert (age["term"], age["n"], age["events"]) == ("age", people.height, people.filter(event="moved").height)
    assert sex["ratio"] == pytest.approx(np.exp(sex["estimate"]))
    assert sex["upper"] - sex["estimate"] == pytest.approx(1.6448536 * sex["se"])
    assert sex["ratio_lower"] == pytest.approx(np.exp(sex["lower"]))
    assert sex["level"] == 0.9
    assert sex["z"] == pytest.approx(sex["estimate"] / sex["se"])
    assert sex["p_value"] <= sex["p_holm"]
    assert sex["method"] == found.method.name


@BOTH
def test_the_summary_accounts_for_every_person(people, measure):
    summary = fit(measure, people).summary
    assert summary["persons"] == people.height == summary["events"] + summary["other_causes"] + summary["censored"]
    assert summary["baseline"] == {"sex": "female", "age": pytest.approx(people["age"].mean())}
    assert summary["df"] == 2
    assert 0 < summary["p_value"] < 1


def test_only_a_likelihood_is_called_one(people):
    assert fit(cox_cause, people).summary["log_likelihood"] > fit(cox_cause, people).summary["log_likelihood_null"]
    assert "log_likelihood" not in fit(finegray, people).summary


@BOTH
def test_a_model_tells_how_it_was_made(people, measure):
    found = fit(measure, people)
    assert found.params["covariates"] == ("sex", "age")
    assert found.params["rule"] == 36
    assert json.loads(found.to_json())["table"][0]["term"] == "sex=male"


def test_the_ratio_that_made_the_data_is_found():
    found = fit(cox_cause, register(5, 20_000, ratio=2.0, late=False)).table.row(0, named=True)
    assert found["ratio_lower"] < 2.0 < found["ratio_upper"]
    assert found["ratio"] == pytest.approx(2.0, rel=0.06)


@BOTH
def test_the_baseline_describes_the_person_at_the_references(people, measure):
    found = fit(measure, people)
    person = {"sex": ["female"], "age": [people["age"].mean()]}
    assert found.baseline["events"].sum() == people.filter(event="moved").height
    assert found.baseline["cumulative"].to_numpy() == pytest.approx(np.cumsum(found.baseline["hazard"]))
    if measure is finegray:
        shares = found.predict_cif(person, found.baseline["time"])["cif"]
        assert shares.to_numpy() == pytest.approx(1 - np.exp(-found.baseline["cumulative"].to_numpy()))


# Against a peer and against the definition


@pytest.mark.parametrize("months", [True, False], ids=["months", "all times different"])
def test_cox_agrees_with_statsmodels(months):
    frame = register(2, 1500, months=months)
    x = np.column_stack([frame["sex"] == "male", frame["age"]]).astype(float)
    time, entry, moved = (frame[name].to_numpy() for name in ("time", "entry", "event"))
    # Of those who enter in the month of an event statsmodels counts as at risk what Fodfæste does not: half a month on
    # it is the same for both.
    later = entry + 0.5 if months else entry
    peer = PHReg(time, x, status=moved == "moved", entry=later, ties="breslow").fit()
    found = fit(cox_cause, frame, entry="entry")
    assert estimates(found) == pytest.approx(peer.params, abs=1e-7)
    assert errors(found) == pytest.approx(peer.bse, rel=1e-6)
    assert found.summary["log_likelihood"] == pytest.approx(peer.llf, rel=1e-9)


def aalen_johansen(frame, entry):
    share, staying, steps = 0.0, 1.0, []
    for month in sorted(set(frame.filter(event="moved")["time"]) | set(frame["time"])):
        at_risk = frame.filter((pl.col("time") >= month) & (pl.col("entry") < month if entry else True))
        gone = at_risk.filter((pl.col("time") == month) & (pl.col("event") != "censored"))
        moved = gone.filter(event="moved").height
        share += staying * moved / at_risk.height
        staying *= 1 - gone.height / at_risk.height
        if moved:
            steps.append(share)
    return np.array(steps)


@pytest.mark.parametrize("entry", [None, "entry"])
def test_without_differences_fine_gray_gives_the_aalen_johansen_incidence(people, entry):
    """Every person once as man and once as woman: no ratio, and the weighted hazards give the incidence exactly."""
    twice = pl.concat([people.with_columns(sex=pl.lit(sex)) for sex in ("female", "male")])
    found = fit(finegray, twice, ["sex"], entry=entry)
    assert estimates(found) == pytest.approx([0], abs=1e-12)
    hazard = found.baseline["hazard"].to_numpy()
    assert 1 - np.cumprod(1 - hazard) == pytest.approx(aalen_johansen(people, entry), rel=1e-10)


def test_without_other_causes_both_models_are_one(people):
    alone = people.with_columns(event=pl.when(event="moved").then(pl.lit("moved")).otherwise(pl.lit("censored")))
    numbered = alone.with_row_index("person")
    same(fit(finegray, alone), fit(cox_cause, numbered, robust="person"))


def test_without_censoring_those_who_left_stay_at_risk_to_the_end(people):
    """With everybody watched to the end all weights are 1: a plain Cox model in which they are censored last."""
    all_seen = people.filter(pl.col("event") != "censored")
    last = all_seen["time"].max() + 1
    kept = all_seen.with_columns(
        time=pl.when(event="moved").then("time").otherwise(last),
        event=pl.when(event="moved").then(pl.lit("moved")).otherwise(pl.lit("censored")),
    )
    same(fit(finegray, all_seen), fit(cox_cause, kept.with_row_index("person"), robust="person"))


def test_an_early_emigration_lowers_the_incidence_but_not_the_hazard():
    frame = register(7, 6000, ratio=1.0, late=False).with_row_index()
    early = (pl.col("sex") == "male") & (pl.col("index") % 2 == 0) & (pl.col("time") > 1)
    leaving = frame.with_columns(
        time=pl.when(early).then(1.0).otherwise("time"),
        event=pl.when(early).then(pl.lit("emigrated")).otherwise("event"),
    )
    hazard, incidence = (fit(measure, leaving, ["sex"]).table.row(0, named=True) for measure in (cox_cause, finegray))
    assert hazard["lower"] < 0 < hazard["upper"]
    assert incidence["upper"] < -0.3


def refitted(persons, x, columns, weighted):
    cells = watched(*columns, np.arange(x.shape[0]), persons)
    kept = weights(cells) if weighted else None
    table = risk_table(cells, 1, x.shape[0], kept)
    return cells, kept, table, maximise(table, x, ("a", "b"))[1]


@pytest.mark.parametrize("weighted", [False, True], ids=["cox", "fine-gray"])
@pytest.mark.parametrize("late", [False, True], ids=["from the start", "late entry"])
@pytest.mark.parametrize("months", [True, False], ids=["months", "all times different"])
def test_a_residual_is_what_a_little_more_of_a_person_does_to_the_estimate(weighted, late, months):
    """Numerical derivatives of the whole estimate, weights included, by each person's count."""
    frame = register(4, 60, months=months, late=late)
    x = np.column_stack([frame["sex"] == "male", frame["age"] / 10]).astype(float)
    x -= x.mean(axis=0)
    cause = np.array([EVENTS.index(event) for event in frame["event"]])
    columns = frame["time"].to_numpy(), frame["entry"].to_numpy(), cause
    one = np.ones(frame.height)
    cells, kept, table, at = refitted(one, x, columns, weighted)
    residuals = score_residuals(cells, table, x, at, 1)
    if weighted:
        residuals += weight_residuals(cells, table, x, at, kept)
    influence = residuals @ inverse(at.information)
    assert residuals.sum(axis=0) == pytest.approx(0, abs=1e-9)
    step = 1e-4
    for k in range(0, frame.height, 3):
        more, less = one.copy(), one.copy()
        more[k] += step
        less[k] -= step
        up, down = (refitted(persons, x, columns, weighted)[-1].beta for persons in (more, less))
        assert influence[k] == pytest.approx((up - down) / (2 * step), abs=1e-7)


# Laws


@BOTH
@pytest.mark.parametrize("options", [{}, {"entry": "entry"}, {"robust": "town", "entry": "entry"}])
def test_counting_cells_first_changes_nothing(people, measure, options):
    cells = people.group_by("time", "event", "entry", "sex", "age", "town").agg(pl.len().alias("persons"))
    twice = pl.concat([cells, cells])
    same(fit(measure, twice, count="persons", **options), fit(measure, pl.concat([people, people]), **options))


@BOTH
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(people, measure, seed):
    found, shuffled = fit(measure, people), fit(measure, people.sample(fraction=1, shuffle=True, seed=seed))
    assert found.to_json() == shuffled.to_json()


@BOTH
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_units_of_a_number_and_of_time_only_rescale(measure, seed):
    frame = register(seed, 150)
    found = fit(measure, frame, rule=24)
    scaled = fit(measure, frame.with_columns(pl.col("age") * 100, pl.col("time") / 12), rule=2)
    assert estimates(scaled) == pytest.approx(estimates(found) / [1, 100], rel=1e-7)
    assert errors(scaled) == pytest.approx(errors(found) / [1, 100], rel=1e-7)
    assert scaled.proportionality["p_value"].to_list() == pytest.approx(found.proportionality["p_value"].to_list())


@BOTH
def test_the_other_reference_turns_the_sign(people, measure):
    men = people.with_columns(male=(pl.col("sex") == "male").cast(pl.Int64))
    found = fit(measure, people)
    turned = fit(measure, men.with_columns(female=1 - pl.col("male")), ["female", "age"])
    assert estimates(turned) == pytest.approx(estimates(found) * [-1, 1])


@BOTH
@pytest.mark.parametrize("clusters", [None, "town"])
def test_a_thousand_times_as_many_alike_say_the_same_more_surely(people, measure, clusters):
    many = people.with_columns(persons=pl.lit(1000))
    found = fit(measure, people, robust=clusters)
    large = fit(measure, many, robust=clusters, count="persons")
    assert estimates(large) == pytest.approx(estimates(found), rel=1e-8)
    # More of the same persons in the same clusters are no more clusters.
    assert errors(large) == pytest.approx(errors(found) / (1 if clusters else np.sqrt(1000)), rel=1e-8)


@BOTH
def test_persons_in_clusters_of_one_are_persons(people, measure):
    alone = people.with_row_index("person")
    single = fit(measure, alone, robust="person")
    if measure is finegray:
        same(single, fit(measure, people))
    assert errors(single) == pytest.approx(errors(fit(measure, people)), rel=0.2)


@BOTH
def test_copies_of_a_person_in_one_cluster_add_no_certainty(people, measure):
    alone = people.with_row_index("person")
    same(fit(measure, pl.concat([alone] * 3), robust="person"), fit(measure, alone, robust="person"))


@BOTH
def test_two_runs_agree_to_the_last_bit(people, measure):
    assert fit(measure, people, robust="town").to_json() == fit(measure, people, robust="town").to_json()


def test_a_file_is_read_as_the_frame_is(people, tmp_path):
    people.write_parquet(tmp_path / "people.parquet")
    same(fit(finegray, tmp_path / "people.parquet"), fit(finegray, people))


def test_one_covariate_may_be_named_without_a_list(people):
    assert fit(cox_cause, people, "age").table["term"].to_list() == ["age"]


def test_a_covariate_may_be_called_persons_or_events(people):
    renamed = people.rename({"sex": "value", "age": "events"})
    same(fit(cox_cause, renamed, ["value", "events"]), fit(cox_cause, people))


# Prediction


def test_the_incidences_of_all_causes_and_those_who_stay_add_up(people):
    pattern = {"sex": ["male", "female"], "age": [20, 50]}
    times = [1, 6, 36, people["time"].max()]
    models = [fit(cox_cause, people, cause=cause) for cause in ("moved", "emigrated", "dead")]
    gone = sum(model.predict_cif(pattern, times)["cif"].to_numpy() for model in models)
    hazards = [model.baseline.select("time", "cumulative") for model in models]
    for row, (sex, age) in enumerate([("male", 20), ("female", 50)]):
        total = np.zeros(len(times))
        for model, hazard in zip(models, hazards, strict=True):
            x = np.array([sex == "male", age - people["age"].mean()], dtype=float)
            reached = np.searchsorted(hazard["time"], times, side="right")
            total += np.append(0, hazard["cumulative"])[reached] * np.exp(x @ estimates(model))
        assert gone.reshape(2, -1)[row] == pytest.approx(1 - np.exp(-total), rel=1e-10)


@BOTH
def test_a_prediction_has_a_row_a_pattern_and_time(people, measure):
    found = fit(measure, people).predict_cif({"age": [20, 50], "sex": ["male", "male"], "other": [1, 2]}, [0, 12, 24])
    assert found.columns == ["sex", "age", "time", "cif"]
    assert found["time"].to_list() == [0, 12, 24] * 2
    assert found["age"].to_list() == [20] * 3 + [50] * 3
    assert found["cif"].to_list()[::3] == [0, 0]
    assert (found["cif"].diff().drop_nulls().to_numpy()[[0, 1, 3, 4]] > 0).all()


def test_a_prediction_at_one_time(people):
    assert fit(finegray, people).predict_cif({"age": [20], "sex": ["male"]}, 12).height == 1


def test_other_causes_that_nobody_had_take_nobody_away(people):
    known = {"moved": "moved", "emigrated": "emigrated", "dead": "dead", "prison": "prison"}
    pattern = {"age": [20], "sex": ["male"]}
    with_prison = fit(cox_cause, people, causes=known).predict_cif(pattern, 24)
    assert with_prison.equals(fit(cox_cause, people).predict_cif(pattern, 24))


@pytest.mark.parametrize("time", [-1, 1000, float("nan")])
def test_nothing_is_predicted_for_times_that_nobody_was_watched_at(people, time):
    with pytest.raises(BadInput, match="a number from 0 to"):
        fit(finegray, people).predict_cif({"age": [20], "sex": ["male"]}, time)


def test_an_unknown_category_is_not_predicted(people):
    with pytest.raises(UnknownName, match=r"no persons with sex 'mal'.*Did you mean male"):
        fit(finegray, people).predict_cif({"age": [20], "sex": ["mal"]}, 12)


# One ratio for a rule that ends


def ruled(people, names=("bound", "free")):
    return people.with_columns(cohort=pl.when(pl.col("town") < 20).then(pl.lit(names[0])).otherwise(pl.lit(names[1])))


@BOTH
def test_a_cohort_of_the_rule_gets_no_single_ratio(people, measure):
    with pytest.raises(Refused, match=r"cohort tells persons under the residence rule.*release_test.*entry at 36"):
        measure(ruled(people), "time", "event", ["cohort", "age"])


def test_a_cohort_may_be_named_otherwise(people):
    named = ruled(people, ("old", "new"))
    cox_cause(named, "time", "event", ["cohort"])
    with pytest.raises(Refused, match="release_test"):
        cox_cause(named, "time", "event", ["cohort"], rule_column="cohort")


@BOTH
def test_who_wants_the_mean_of_both_is_told_that_it_is_one(people, measure):
    notes = measure(ruled(people), "time", "event", ["cohort"], allow_nonproportional=True).notes
    assert [note.code for note in notes] == ["one-ratio-for-the-rule"]


@pytest.mark.parametrize("part", ["until", "after"])
def test_on_one_side_of_the_rule_one_ratio_is_honest(people, part):
    cohort = ruled(people)
    if part == "until":
        over = pl.col("time") > 36
        cohort = cohort.with_columns(
            time=pl.when(over).then(36.0).otherwise("time"),
            event=pl.when(over).then(pl.lit("censored")).otherwise("event"),
        )
        assert cox_cause(cohort, "time", "event", ["cohort"]).table.height == 1
    else:
        late = cohort.filter(pl.col("time") > 36).with_columns(entry=36.0)
        assert cox_cause(late, "time", "event", ["cohort"], entry="entry").table.height == 1


def changing(n, after):
    """Those of 1998 move like others until month 36, and `after` times as fast from then on."""
    rng = np.random.default_rng(9)
    year = rng.choice([1998, 1999], n)
    clock = rng.exponential(60, n)
    time = np.where((clock > 36) & (year == 1998), 36 + (clock - 36) / after, clock)
    watch = rng.uniform(40, 84, n)
    event = np.where(time <= watch, "moved", "censored")
    return {"time": np.ceil(np.minimum(time, watch)), "event": event, "arrival_year": year}


@BOTH
def test_a_column_that_stands_for_the_cohort_is_found_by_its_change(measure):
    data = changing(3000, after=2.5)
    with pytest.raises(Refused, match="Ratios change at month 36, where the residence rule ends: arrival_year"):
        measure(data, "time", "event", ["arrival_year"])
    notes = measure(data, "time", "event", ["arrival_year"], allow_nonproportional=True).notes
    assert [note.code for note in notes] == ["change-at-the-rule"]


def test_a_change_that_is_sure_but_small_is_a_note():
    found = cox_cause(changing(60_000, after=1.12), "time", "event", ["arrival_year"])
    assert [note.code for note in found.notes] == ["not-proportional"]
    rule = found.proportionality.filter(test="change at 36")
    assert rule["p_value"][0] < 0.05
    assert rule["change"][0] < 0.1


# What cannot be answered


@BOTH
@pytest.mark.parametrize(
    ("covariates", "options", "error", "said"),
    [
        ([], {}, BadInput, "no covariates"),
        (["time"], {}, BadInput, "column time: found an outcome among the covariates"),
        (["sex", "entry"], {"entry": "entry"}, BadInput, "column entry: found an outcome"),
        (["sexx"], {}, UnknownName, "Did you mean sex"),
        (["sex"], {"cause": "move"}, UnknownName, "no cause 'move'.*Did you mean moved"),
        (["sex"], {"rule_column": "cohort"}, UnknownName, "no covariate 'cohort'"),
        (["sex"], {"robust": "towns"}, UnknownName, "Did you mean town"),
        (["sex"], {"level": 95}, BadInput, "the level 95"),
        (["all"], {}, BadInput, "column all: found only the value 'same'"),
        (["sex"], {"robust": "all"}, Refused, "from one cluster no variance"),
    ],
)
def test_a_question_without_an_answer_says_why(people, measure, covariates, options, error, said):
    with pytest.raises(error, match=said):
        fit(measure, people.with_columns(all=pl.lit("same")), covariates, **options)


@BOTH
def test_nobody_with_the_event_is_told(people, measure):
    nobody = people.with_columns(event=pl.lit("censored"))
    with pytest.raises(NotEnoughPeople, match="nobody with the event 'moved'"):
        fit(measure, nobody)
    with pytest.raises(NotEnoughPeople, match="nobody with the event 'moved'"):
        fit(measure, nobody, causes={"moved": "moved"})


@BOTH
@pytest.mark.parametrize("odd", ["male", "female"])
def test_a_category_without_events_is_named_be_it_the_reference_or_not(people, measure, odd):
    silent = people.with_columns(
        event=pl.when((pl.col("sex") == odd) & (pl.col("event") == "moved")).then(pl.lit("dead")).otherwise("event")
    )
    with pytest.raises(Refused, match=f"Nobody has the event 'moved' with sex={odd} .[0-9]+ persons"):
        fit(measure, silent)


def test_a_number_that_tells_who_moves_has_no_finite_ratio():
    data = {"time": [1, 2, 3, 4, 5], "event": ["moved"] * 5, "x": [5, 4, 3, 2, 1]}
    with pytest.raises(Refused, match="The coefficient of x grows without end"):
        fit(cox_cause, data, ["x"])


def test_a_number_that_is_the_same_for_all_at_risk_has_none_either():
    data = {"time": [1, 1, 2, 3], "event": ["censored", "censored", "moved", "moved"], "x": [1, 2, 3, 3]}
    with pytest.raises(Refused, match="The terms x cannot be told apart"):
        fit(cox_cause, data, ["x"])


@pytest.mark.parametrize(
    ("time", "x"),
    [
        ([6, 3, 7, 4, 1, 5, 2], [0.1, 0.1, 2.8, 1.1, 62.7, 4.5, 0.2]),
        ([3, 1, 4, 2, 6, 5, 8, 7], [0.0, 0.1, 0.2, 0.3, 0.4, 30.0, 0.5, 0.15]),
    ],
)
def test_a_far_away_number_does_not_lead_astray(time, x):
    """Newton's steps from 0 overshoot where one value lies far out; at the maximum the score is 0."""
    found = fit(cox_cause, {"time": time, "event": ["moved"] * len(x), "x": x}, ["x"])
    time, x = np.array(time), np.array(x)
    risk = time[None, :] >= time[:, None]
    weight = risk * np.exp(x * estimates(found))
    assert x.sum() == pytest.approx((weight @ x / weight.sum(axis=1)).sum(), rel=1e-12)


def test_no_weights_reach_over_a_time_at_which_nobody_is_watched():
    data = {
        "time": [1, 2, 2, 7, 8, 9],
        "event": ["moved", "emigrated", "censored", "moved", "emigrated", "moved"],
        "entry": [0, 0, 0, 5, 5, 5],
        "x": [2, 3, 1, 1, 2, 3],
    }
    with pytest.raises(Refused, match="nobody stays under watch"):
        fit(finegray, data, ["x"], entry="entry")
    assert np.isfinite(estimates(fit(cox_cause, data, ["x"], entry="entry"))).all()


def test_one_event_and_two_persons_are_enough_for_a_note():
    data = {"time": [1, 2, 2], "event": ["moved", "moved", "censored"], "x": [1, 2, 1]}
    found = fit(cox_cause, data, ["x"])
    assert [note.code for note in found.notes] == ["few-events"]
    assert found.proportionality.filter(test="change at 36")["p_value"].is_null().all()


@BOTH
def test_few_clusters_are_told_and_give_no_test_of_all_terms(people, measure):
    two = people.with_columns(region=pl.col("town") % 2)
    found = fit(measure, two, robust="region")
    assert "few-clusters" in {note.code for note in found.notes}
    assert found.summary["clusters"] == 2
    assert found.summary["wald"] is None


@BOTH
def test_persons_left_out_are_counted(people, measure):
    holes = people.with_row_index().with_columns(age=pl.when(pl.col("index") < 3).then(None).otherwise("age"))
    found = fit(measure, holes)
    assert found.summary["persons"] == people.height - 3
    assert found.notes[0].code == "persons-left-out"


def test_the_method_is_named_with_its_variance(people):
    assert fit(finegray, people).method == FINE_GRAY
    assert "cluster-robust" in fit(finegray, people, robust="town").method.name
    assert "cluster-robust" in fit(cox_cause, people, robust="town").method.name


@pytest.mark.long
@BOTH
def test_two_hundred_thousand_different_times_need_memory_like_their_rows(measure):
    import tracemalloc

    frame = register(11, 200_000, months=False)
    few = fit(measure, frame[:2000], entry="entry")
    tracemalloc.start()
    many = fit(measure, frame, entry="entry")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3000 * frame.height
    assert np.abs(estimates(many) - estimates(few)).max() < 4 * errors(few).max()
