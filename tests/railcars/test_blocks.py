"""Cutting a track where it is surely empty changes nothing that can be seen."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from made_evidence import STEP_M, evidence
from yardwatch.railcars._blocks import cut_blocks
from yardwatch.railcars.reading import counted_numbers, read_tracks
from yardwatch.railcars.semimarkov import best_path, run_passes
from yardwatch.railcars.strings import CARS, Expected, Weights, column_evidence, string_model

WEIGHTS = Weights(fleet=0.0)


def test_only_what_may_be_occupied_is_kept():
    whole = column_evidence(evidence(4000, [(1000, 1055), (3000, 3055)]), weights=WEIGHTS)
    blocks = cut_blocks(whole, shortest=20)
    assert [block.start < place < block.start + block.evidence.log_likelihood.shape[1]
            for block, place in zip(blocks, (1000, 3000), strict=True)] == [True, True]  # fmt: skip
    assert sum(block.evidence.log_likelihood.shape[1] for block in blocks) < 600


def test_a_surely_empty_track_has_nothing_to_decode():
    assert cut_blocks(column_evidence(evidence(2000, []), weights=WEIGHTS), shortest=20) == []


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), doubt=st.sampled_from([0.02, 0.2, 0.5]))
def test_a_track_decoded_in_parts_reads_as_the_whole(seed, doubt):
    rng = np.random.default_rng(seed)
    cars, place = [], int(rng.integers(10, 200))
    while place < 1100:
        length = int(rng.integers(44, 90))
        cars.append((place, place + length))
        place += length + int(rng.choice([5, 5, 5, 300]))
    read = evidence(1300, cars, doubt=doubt)
    [reading] = read_tracks([read], step_m=STEP_M, expected=Expected(weights=WEIGHTS))
    model, whole = string_model(STEP_M, expected=Expected(weights=WEIGHTS)), column_evidence(read, weights=WEIGHTS)
    [passes], [path] = run_passes(model, [whole]), best_path(model, [whole])
    np.testing.assert_allclose(reading.occupied, passes.occupancy()[CARS].sum(0), atol=1e-6)
    assert [(car.start, car.end) for car in reading.cars] == [
        (segment.start, segment.end) for segment in path if segment.state >= CARS.start
    ]
    [(lowest, probabilities)] = counted_numbers([reading], [np.ones(1300, bool)], step_m=STEP_M)
    begins = passes.begins()[CARS].sum()
    assert abs(lowest + (np.arange(len(probabilities)) * probabilities).sum() - begins) < 1e-3
