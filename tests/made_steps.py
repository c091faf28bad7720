"""A step network whose answers are known, for tests."""

import numpy as np

from yardwatch.change.layers import STEP_LABELS


class Brighter:
    """Says that something was built where a date is brighter than the one before and all dates since are."""

    name = "brighter/1"

    def read(self, layers):
        before, date, since = layers[3:6].mean(0), layers[6:9].mean(0), layers[15:18].mean(0)
        built = (np.minimum(date, since) - before > 1).astype(np.float32)
        said = np.zeros((len(STEP_LABELS), *built.shape), np.float32)
        said[STEP_LABELS.index("built")], said[0] = built, 1 - built
        return said
