"""Files are there whole or not at all."""

import os

import pytest

from yardwatch.errors import MisuseError
from yardwatch.pipeline import check_target, write_all


def test_all_files_are_written_and_nothing_is_left_beside_them(tmp_path):
    """Folders are made, old files replaced."""
    (tmp_path / "a.json").write_text("old")
    write_all({tmp_path / "a.json": b"new", tmp_path / "deep" / "b.html": b"page"})
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["a.json", "b.html"]


def test_if_one_cannot_be_written_no_other_is_touched(tmp_path):
    """The second target's folder is a file."""
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write_all({tmp_path / "a.json": b"new", tmp_path / "file" / "b.html": b"page"})
    assert (tmp_path / "a.json").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "file"]


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path):
    """Output to /dev/stdout or /dev/null must not replace them by a file."""
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_all({tmp_path / "link.json": b"new", type(tmp_path)(os.devnull): b"gone"})
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"
    assert type(tmp_path)(os.devnull).is_char_device()


def test_an_input_is_never_a_target(tmp_path):
    """Neither by its own name nor through a link."""
    image = tmp_path / "image.tif"
    image.write_text("pixels")
    (tmp_path / "link.json").symlink_to(image)
    with pytest.raises(MisuseError, match="overwritten"):
        check_target(tmp_path / "link.json", inputs=(image,))
    with pytest.raises(MisuseError, match="folder"):
        check_target(tmp_path)
    with pytest.raises(MisuseError, match="does not exist"):
        check_target(tmp_path / "no" / "a.json")
