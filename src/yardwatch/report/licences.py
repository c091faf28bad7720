"""Which pictures of a document may not be printed for others, and the ways out."""

from dataclasses import dataclass

from yardwatch.model.scene import Republish, Scene
from yardwatch.report.blocks import Document, Figure
from yardwatch.report.parts.figures import may_go_out
from yardwatch.report.walking import figures_in

__all__ = ["WAYS_OUT", "Barred", "barred"]

WAYS_OUT = (
    "permission on file: yardwatch scene permit DIR SCENE --by NAME --words WORDS",
    "an outline drawing in its place: yardwatch report DIR --outlines",
    "a document that stays inside, marked on every page: yardwatch report DIR --internal",
)
"""What can be done about a picture that may not be published."""


@dataclass(frozen=True, slots=True)
class Barred:
    """A picture that may not be published."""

    figure: str
    """The figure it is in: its number, or what it is called."""
    shows: str
    """What the figure shows."""
    scene: Scene
    """The scene whose pixels they are."""

    @property
    def why(self) -> str:
        """Why it may not."""
        refused = self.scene.rights.may_republish is Republish.NO
        return (
            "its owner does not allow it" if refused else "whether it may be published is not known, which counts as no"
        )


def barred(document: Document) -> tuple[Barred, ...]:
    """Every picture of the document that may not be published, figure by figure; unknown rights count as no."""
    return tuple(
        Barred(_named(figure), figure.alt, scene)
        for figure in figures_in(document)
        for scene in dict.fromkeys(figure.scenes)
        if not may_go_out(scene) and any("<image " in svg for svg in figure.svgs)
    )


def _named(figure: Figure) -> str:
    return f"Figure {figure.number}" if figure.number else figure.key
