"""The exact inference is exact: it equals adding up every path there is."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yardwatch.errors import MisuseError
from yardwatch.railcars.semimarkov import Evidence, Segment, SemiMarkov, best_path, count_distribution, run_passes

STATES, LONGEST, LONGEST_CAR = 3, 3, 5
_NEVER = -1e20


def random_model(rng: np.random.Generator) -> SemiMarkov:
    def table(*shape: int) -> np.ndarray:
        values = rng.random(shape)
        return np.log(values / values.sum(-1, keepdims=True))

    follow = table(STATES, STATES)
    follow[1, 1] = follow[2, 2] = -1e30
    first, last = table(STATES), rng.normal(size=STATES)
    return SemiMarkov(("a", "b", "c"), first, last, follow, table(STATES, LONGEST), table(STATES, LONGEST))


def yard_model(rng: np.random.Generator) -> SemiMarkov:
    """Random, but with the kinds of states a track has: windows of several columns can be worked on at once."""
    lasting = np.zeros((STATES, LONGEST_CAR))
    lasting[0, 0] = 1.0
    lasting[1, :2] = rng.random(2)
    lasting[2, 2:] = rng.random(LONGEST_CAR - 2)
    left = np.array([lasting[0], *(row[::-1].cumsum()[::-1] for row in lasting[1:])])
    follow = rng.random((STATES, STATES))
    follow[0, 1] = follow[1, 0] = follow[1, 1] = follow[2, 2] = 0.0
    with np.errstate(divide="ignore"):
        tables = [np.maximum(np.log(table / table.sum(-1, keepdims=True)), -1e30) for table in (lasting, left, follow)]
    first, last = np.log(rng.dirichlet(np.ones(STATES))), rng.normal(size=STATES)
    return SemiMarkov(("empty", "gap", "car"), first, last, tables[2], tables[0], tables[1])


def hidden_model(rng: np.random.Generator) -> SemiMarkov:
    """Like a yard without gaps, some of it hidden: two states of single columns follow one another and themselves."""
    lasting = np.zeros((STATES, LONGEST_CAR))
    lasting[:2, 0] = 1.0
    lasting[2, 2:] = rng.random(LONGEST_CAR - 2)
    left = np.array([lasting[0], lasting[1], lasting[2][::-1].cumsum()[::-1]])
    follow = rng.random((STATES, STATES))
    follow[2, 2] = 0.0
    with np.errstate(divide="ignore"):
        tables = [np.maximum(np.log(table / table.sum(-1, keepdims=True)), -1e30) for table in (lasting, left, follow)]
    first, last = np.log(rng.dirichlet(np.ones(STATES))), rng.normal(size=STATES)
    return SemiMarkov(("empty", "hidden", "car"), first, last, tables[2], tables[0], tables[1])


def random_evidence(rng: np.random.Generator, columns: int) -> Evidence:
    borders = (STATES, columns + 1)
    return Evidence(rng.normal(size=(STATES, columns)), rng.normal(size=borders), rng.normal(size=borders))


def every_path(model: SemiMarkov, evidence: Evidence) -> Iterator[tuple[float, list[Segment]]]:
    """Log-weight and segments of each path, by plain enumeration."""
    columns, longest = evidence.log_likelihood.shape[1], model.log_duration.shape[1]

    def go_on(start: int, weight: float, path: list[Segment]) -> Iterator[tuple[float, list[Segment]]]:
        if start == columns:
            yield weight + model.log_last[path[-1].state], path
            return
        for state in range(STATES):
            enter = model.log_next[path[-1].state, state] if path else model.log_first[state]
            for end in range(start + 1, min(start + longest, columns) + 1):
                table = model.log_cut if start == 0 or end == columns else model.log_duration
                more = enter + table[state, end - start - 1] + evidence.log_likelihood[state, start:end].sum()
                more += evidence.log_begin[state, start] if start > 0 else 0.0
                more += evidence.log_end[state, end] if end < columns else 0.0
                if more > _NEVER:
                    yield from go_on(end, weight + more, [*path, Segment(state, start, end)])

    return go_on(0, 0.0, [])


KINDS = (random_model, 1, 5, 7), (yard_model, 1, 2, 3, 5, 9, 12), (hidden_model, 1, 2, 3, 5, 8, 10)


@pytest.fixture(scope="module", params=[*range(5), *range(10, 15), *range(20, 24)])
def problem(request):
    """A random model of either kind, some sequences of unequal length, and every path of each."""
    rng = np.random.default_rng(request.param)
    make, *lengths = KINDS[request.param // 10]
    model = make(rng)
    sequences = [random_evidence(rng, columns) for columns in lengths]
    paths = [list(every_path(model, sequence)) for sequence in sequences]
    return model, sequences, paths


def probabilities(paths):
    weights = np.array([weight for weight, _ in paths])
    return np.exp(weights - np.logaddexp.reduce(weights))


def test_the_likelihood_is_the_sum_over_all_paths(problem):
    model, sequences, paths = problem
    for passes, every in zip(run_passes(model, sequences), paths, strict=True):
        assert passes.log_total == pytest.approx(np.logaddexp.reduce([weight for weight, _ in every]))


def test_the_occupancy_is_the_share_of_paths_in_each_state(problem):
    model, sequences, paths = problem
    for passes, every in zip(run_passes(model, sequences), paths, strict=True):
        expected = np.zeros(passes.evidence.log_likelihood.shape)
        for share, (_, path) in zip(probabilities(every), every, strict=True):
            for segment in path:
                expected[segment.state, segment.start : segment.end] += share
        np.testing.assert_allclose(passes.occupancy(), expected, atol=1e-9)


def test_the_probability_of_a_segment_is_the_share_of_paths_with_it(problem):
    model, sequences, paths = problem
    for passes, every in zip(run_passes(model, sequences), paths, strict=True):
        expected: dict[Segment, float] = {}
        for share, (_, path) in zip(probabilities(every), every, strict=True):
            for segment in path:
                expected[segment] = expected.get(segment, 0.0) + share
        borders = np.arange(passes.evidence.log_likelihood.shape[1] + 1)
        for state in range(STATES):
            found = passes.segments(state, borders, borders)
            wanted = [[expected.get(Segment(state, start, end), 0.0) for end in borders] for start in borders]
            np.testing.assert_allclose(found, wanted, atol=1e-9)


def test_questions_about_many_segments_and_states_at_once_are_answered_as_one_by_one(problem):
    model, sequences, paths = problem
    for passes, every in zip(run_passes(model, sequences), paths, strict=True):
        np.testing.assert_allclose(passes.covered(slice(1, 3)), passes.occupancy()[1:3].sum(0), atol=1e-9)
        found = sorted({(one.start, one.end) for _, path in every for one in path})
        starts, ends = np.array(found).T
        near = np.arange(-1, 2)
        wanted = [
            [passes.segments(state, start + near, end + near).sum() for state in range(STATES)] for start, end in found
        ]
        np.testing.assert_allclose(passes.around(slice(0, STATES), starts, ends, reach=1), wanted, atol=1e-9)


def test_the_best_path_is_the_heaviest_of_all(problem):
    model, sequences, paths = problem
    for found, every in zip(best_path(model, sequences), paths, strict=True):
        _, heaviest = max(every, key=lambda pair: pair[0])
        merged: list[Segment] = []
        for segment in heaviest:
            again = model.log_next[segment.state, segment.state] > _NEVER
            if merged and merged[-1].state == segment.state and again:
                merged[-1] = Segment(segment.state, merged[-1].start, segment.end)
            else:
                merged.append(segment)
        assert found == merged


def test_the_count_distribution_is_the_share_of_paths_with_each_count(problem):
    model, sequences, paths = problem
    marks = []
    for sequence in sequences:
        mark = np.zeros((STATES, 2 * sequence.log_likelihood.shape[1] + 1), bool)
        mark[1] = model.states[1] == "b"
        mark[2, : mark.shape[1] // 2] = True
        marks.append(mark)
    for found, mark, every in zip(count_distribution(model, sequences, marks, points=16), marks, paths, strict=True):
        expected = np.zeros(16)
        for share, (_, path) in zip(probabilities(every), every, strict=True):
            expected[sum(mark[segment.state, segment.start + segment.end] for segment in path)] += share
        np.testing.assert_allclose(found, expected, atol=1e-9)


@given(seed=st.integers(0, 2**32 - 1), columns=st.integers(1, 40))
def test_segments_cover_every_column_once_and_probabilities_add_up(seed, columns):
    rng = np.random.default_rng(seed)
    model, evidence = random_model(rng), random_evidence(rng, columns)
    [passes], [path] = run_passes(model, [evidence]), best_path(model, [evidence])
    np.testing.assert_allclose(passes.occupancy().sum(0), 1.0, atol=1e-7)
    assert [segment.start for segment in path] == [0, *(segment.end for segment in path[:-1])]
    assert path[-1].end == columns


@given(seed=st.integers(0, 2**32 - 1), columns=st.integers(1, 30))
def test_reading_backwards_says_the_same(seed, columns):
    rng = np.random.default_rng(seed)
    model, evidence = random_model(rng), random_evidence(rng, columns)
    [forward], [backward] = run_passes(model, [evidence]), run_passes(model.reversed(), [evidence.reversed()])
    assert forward.log_total == pytest.approx(backward.log_total)
    np.testing.assert_allclose(forward.occupancy(), backward.occupancy()[:, ::-1], atol=1e-7)


@given(seed=st.integers(0, 2**32 - 1))
def test_company_does_not_change_a_sequence(seed):
    """Sequences are worked on side by side; each must come out as if it were alone."""
    rng = np.random.default_rng(seed)
    model = random_model(rng)
    short, long = random_evidence(rng, 4), random_evidence(rng, 25)
    [alone] = run_passes(model, [short])
    together, _ = run_passes(model, [short, long])
    assert together.log_total == pytest.approx(alone.log_total)
    assert best_path(model, [short, long])[0] == best_path(model, [short])[0]


def test_a_sequence_without_columns_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(MisuseError, match="no column"):
        run_passes(random_model(rng), [random_evidence(rng, 0)])
