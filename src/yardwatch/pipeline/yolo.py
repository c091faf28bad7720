"""Railcars as YOLO-OBB: a text for each picture, with the class and the four corners of each as shares of its size."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from yardwatch.errors import LimitError, TableError
from yardwatch.model.railcar import CAR_TYPES, Count
from yardwatch.model.site import Site
from yardwatch.pipeline.coco import NO_PICTURES
from yardwatch.pipeline.labels import Label, car_type, corners_on, in_picture, label_of
from yardwatch.sandbox.files import plain_file

__all__ = ["read_yolo", "to_yolo"]

_CLASSES = "classes.txt"
_MOST_BYTES = 20 * 10**6
_MOST_FILES = 5_000
_MOST_CLASSES = 1_000
_VALUES = 8
_FARTHEST = 2.0
_REMEDY = "write a class and four corners in each line: 2 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2"


def to_yolo(counts: Sequence[Count], site: Site) -> dict[str, str]:
    """Name of each file below the folder to its text.

    A picture's text has the stem of its name, or the id of the scene where two pictures share one. Cars outside the
    picture are left out, those at its edge are cut.
    """
    stems = Counter(Path(count.scene.filename).stem for count in counts)
    files = {_CLASSES: "".join(f"{kind}\n" for kind in CAR_TYPES), "data.yaml": _yaml(site)}
    for count in counts:
        stem = Path(count.scene.filename).stem
        name = stem if stems[stem] == 1 and "/" not in stem else count.scene.id
        files[f"labels/{name}.txt"] = "".join(f"{line}\n" for line in _lines(count, site))
    return files


def read_yolo(path: Path) -> tuple[list[Label], list[str]]:
    """The labels of a folder as `to_yolo` writes it, or of one text, and the classes that we have no word for.

    Raises
    ------
    TableError
        If ``classes.txt`` is missing or a line is none.
    LimitError
        If there is too much in it.
    """
    folder = path if path.is_dir() else path.parent
    classes = _classes(folder if (folder / _CLASSES).exists() else folder.parent)
    files = sorted(_texts(path)) if path.is_dir() else [path]
    if len(files) > _MOST_FILES:
        raise LimitError(str(path), f"has more than {_MOST_FILES} texts", "split it")
    labels = [label for file in files for label in _read(file, classes)]
    return labels, [name for name in classes if car_type(name) is None]


def _lines(count: Count, site: Site) -> list[str]:
    grid, lines = count.scene.grid, []
    size = np.array([grid.width, grid.height], float)
    for car in count.railcars:
        shown = in_picture(corners_on(site, car, grid), grid)
        if shown is not None:
            corners = shapely.get_coordinates(shapely.oriented_envelope(shown))[:4] / size
            values = " ".join(f"{value:.8f}" for value in corners.clip(0, 1).ravel())
            lines.append(f"{CAR_TYPES.index(car.type)} {values}")
    return lines


def _yaml(site: Site) -> str:
    """The file that a trainer of YOLO asks for; a name is written so that it can only be a name."""
    title = "".join(c if c.isprintable() else " " for c in site.name)
    names = "".join(f"  {index}: {kind}\n" for index, kind in enumerate(CAR_TYPES))
    return f"# Railcars of {title}.\n# {NO_PICTURES}\npath: .\ntrain: images\nval: images\nnames:\n{names}"


def _texts(folder: Path) -> list[Path]:
    inside = folder / "labels" if (folder / "labels").is_dir() else folder
    return [file for file in inside.glob("*.txt") if file.name != _CLASSES]


def _classes(folder: Path) -> list[str]:
    file = folder / _CLASSES
    if not file.is_file():
        raise TableError(str(folder), f"has no {_CLASSES}", "put one there: the name of each class on a line")
    names = [line.strip() for line in _text(file).splitlines()]
    if len(names) > _MOST_CLASSES:
        raise LimitError(str(file), f"has more than {_MOST_CLASSES} classes", "keep those of railcars")
    return names


def _text(file: Path) -> str:
    real = plain_file(file, error=TableError)
    if real.stat().st_size > _MOST_BYTES:
        raise LimitError(str(file), f"is more than {_MOST_BYTES / 1e6:.0f} MB", "split it")
    try:
        return real.read_text("utf-8")
    except UnicodeDecodeError:
        raise TableError(str(file), "is no text", _REMEDY) from None


def _read(file: Path, classes: Sequence[str]) -> list[Label]:
    if file.is_file() and file.stat().st_size == 0:
        return []
    lines = enumerate(_text(file).splitlines(), 1)
    return [_label(f"{file} line {number}", file.stem, line.split(), classes) for number, line in lines if line.strip()]


def _label(subject: str, picture: str, words: Sequence[str], classes: Sequence[str]) -> Label:
    try:
        number, values = int(words[0]), [float(word) for word in words[1:]]
    except ValueError:
        raise TableError(subject, "holds more than numbers", _REMEDY) from None
    if len(values) != _VALUES:
        raise TableError(subject, f"has {len(values)} values after the class where {_VALUES} are needed", _REMEDY)
    if not 0 <= number < len(classes):
        raise TableError(subject, f"is of class {number}, which {_CLASSES} does not name", "add its name there")
    kind = car_type(classes[number]) or "unknown"
    label = label_of(subject, picture, list(zip(values[::2], values[1::2], strict=True)), kind)
    if label is None or np.abs(label.corners).max() > _FARTHEST:
        raise TableError(subject, "has corners that are no shares of a picture", _REMEDY)
    return Label(subject, picture, label.corners, None, kind, None, normalised=True)
