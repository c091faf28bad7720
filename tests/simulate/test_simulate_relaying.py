import numpy as np

from yardwatch.simulate.relaying import random_relaying


def test_only_sleepers_change_at_a_relaid_yard():
    """On stretches that lie on their tracks, each between two dates; the same for the same seed."""
    history, again = (random_relaying(np.random.default_rng(3), dates=4, gsd_m=1.0) for _ in range(2))
    assert history.renewals
    assert history.renewals == again.renewals
    assert (history.objects, history.stages) == ((), ())
    dates = [shot.when.earliest for shot in history.shots]
    for one in history.renewals:
        line = history.site.line(history.site.track(one.track))
        assert 0 <= one.start_m < one.end_m <= line.length_m
        assert dates[0] < one.when < dates[-1]


def test_a_renewed_stretch_has_another_look_from_its_date_on():
    """And the track beside it keeps its own."""
    history = random_relaying(np.random.default_rng(3), dates=4, gsd_m=1.0)
    one = history.renewals[0]
    looks = []
    for shot in history.shots:
        names = shot.plan.track_names
        looks.append(tuple(shot.plan.style.looks[names.index(name)] for name in (one.track, f"{one.track} b")))
    for shot, (rest, stretch) in zip(history.shots, looks, strict=True):
        assert rest == looks[0][0]
        assert (stretch == rest) == (shot.when.earliest < one.when)
