import warnings

import numpy as np
import shapely
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from yardwatch.imagery.masks import CHANGED, HIDDEN, SAME, mask_geotiff
from yardwatch.model.frame import LOCAL_CRS
from yardwatch.model.grid import Grid


def test_a_mask_lies_on_the_grid_and_holds_what_was_drawn():
    """Also across the blocks of the file; what is hidden wins over what changed."""
    grid = Grid("EPSG:32652", (0.5, 0.0, 5e5, 0.0, -0.5, 4.7e6), 700, 600)
    content = mask_geotiff(grid, changed=[shapely.box(500, 500, 530, 520)], hidden=[shapely.box(520, 0, 700, 600)])
    with MemoryFile(content) as file, file.open() as image:
        mask = image.read(1)
        assert (image.crs.to_epsg(), image.transform[:6], image.dtypes) == (32652, grid.transform, ("uint8",))
    expected = np.full((600, 700), SAME, np.uint8)
    expected[500:520, 500:530] = CHANGED
    expected[:, 520:] = HIDDEN
    assert np.array_equal(mask, expected)


def test_a_mask_of_a_picture_without_georeference_has_none():
    """And nothing found is a mask of zeros."""
    content = mask_geotiff(Grid(LOCAL_CRS, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), 30, 20), changed=(), hidden=())
    with warnings.catch_warnings(), MemoryFile(content) as file:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with file.open() as image:
            assert image.crs is None
            assert image.transform.is_identity
            assert not image.read(1).any()
