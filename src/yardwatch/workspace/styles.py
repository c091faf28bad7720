"""How QGIS draws a workspace when it is first opened: default styles as QGIS itself would save them."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["TYPE_COLOURS", "Style", "default_styles"]

TYPE_COLOURS: Mapping[str, str] = {
    "open_top": "#f0a30a",
    "covered": "#56b4e9",
    "tank": "#d55e00",
    "flat": "#f0e442",
    "container": "#00a878",
    "passenger": "#e79ac4",
    "locomotive": "#1f4fa3",
    "other": "#b9bec4",
    "flat_or_container": "#b5d334",
    "unknown": "#ffffff",
}
"""Fill of each type of car, after Okabe and Ito (https://jfly.uni-koeln.de/color/), for colour-blind readers."""

_DARK = "#222222"
_AROUND_CENTRE, _ALONG_LINE = 0, 2


@dataclass(frozen=True, slots=True)
class Style:
    """The default style of a layer, in both forms that ``layer_styles`` keeps."""

    layer: str
    """The layer it is for."""
    qml: str
    """QGIS's own form."""
    sld: str
    """The form of the OGC (Styled Layer Descriptor 1.1), for other programs."""


@dataclass(frozen=True, slots=True)
class _Fill:
    """How an area looks."""

    fill: str
    opacity: float
    outline: str
    width_mm: float
    dashed: bool = False


def default_styles() -> tuple[Style, ...]:
    """One for each layer."""
    zones = _Fill("#ffffff", 0.0, "#ffb000", 0.6)
    scenes = _Fill("#648fff", 0.05, "#648fff", 0.4, dashed=True)
    observations = _Fill("#785ef0", 0.15, "#785ef0", 0.3)
    changes = _Fill("#e69f00", 0.2, "#e69f00", 0.5)
    return (
        _area("zones", zones, label='"name"'),
        _places(),
        _tracks(),
        _area("scenes", scenes, label='coalesce("acquired", "id")'),
        _railcars(),
        _area("observations", observations, label='"class" || \': \' || "quantity"'),
        _area("changes", changes, label='"kind"'),
    )


def _area(layer: str, look: _Fill, *, label: str) -> Style:
    renderer = _single("fill", _fill_symbol(look))
    return Style(layer, _qml(renderer, label), _sld(layer, _sld_rule(layer, _sld_polygon(look))))


def _places() -> Style:
    """A dot, for where a place is roughly."""
    marker = {"name": "circle", "color": _rgba("#ffb000", 1), "outline_color": _rgba(_DARK, 1), "size": "2.4"}
    options = _options({**marker, "size_unit": "MM"})
    symbol = f'<layer class="SimpleMarker" enabled="1" locked="0" pass="0">{options}</layer>'
    dot = (
        "<se:PointSymbolizer><se:Graphic><se:Mark><se:WellKnownName>circle</se:WellKnownName>"
        '<se:Fill><se:SvgParameter name="fill">#ffb000</se:SvgParameter></se:Fill>'
        f"{_sld_stroke(_DARK, 0.2, dashed=False)}</se:Mark><se:Size>9</se:Size></se:Graphic></se:PointSymbolizer>"
    )
    return Style("places", _qml(_single("marker", symbol), '"name"'), _sld("places", _sld_rule("places", dot)))


def _tracks() -> Style:
    options = _options({"line_color": _rgba("#dc267f", 1), "line_width": "0.35", "line_width_unit": "MM"})
    symbol = f'<layer class="SimpleLine" enabled="1" locked="0" pass="0">{options}</layer>'
    line = f"<se:LineSymbolizer>{_sld_stroke('#dc267f', 0.35, dashed=False)}</se:LineSymbolizer>"
    qml = _qml(_single("line", symbol), '"name"', placement=_ALONG_LINE)
    return Style("tracks", qml, _sld("tracks", _sld_rule("tracks", line)))


def _railcars() -> Style:
    """By type; cars of counts that a newer one replaced have no category and so are not drawn."""
    looks = {kind: _Fill(colour, 0.75, _DARK, 0.2) for kind, colour in TYPE_COLOURS.items()}
    categories = "".join(
        f'<category render="true" type="string" value="{kind}" symbol="{index}" label="{_words(kind)}"/>'
        for index, kind in enumerate(looks)
    )
    symbols = "".join(_symbol("fill", str(index), _fill_symbol(look)) for index, look in enumerate(looks.values()))
    renderer = (
        '<renderer-v2 type="categorizedSymbol" attr="if(&quot;latest&quot;, &quot;type&quot;, NULL)" '
        'enableorderby="0" forceraster="0" symbollevels="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )
    rules = "".join(
        _sld_rule(_words(kind), _sld_polygon(look), where={"latest": "1", "type": kind}) for kind, look in looks.items()
    )
    return Style("railcars", _qml(renderer, '"type"', from_scale=1500), _sld("railcars", rules))


def _qml(renderer: str, label: str, *, placement: int = _AROUND_CENTRE, from_scale: int = 0) -> str:
    """A style in QGIS's own form; `from_scale` is the denominator of the scale from which on labels are drawn."""
    expression = label.replace("&", "&amp;").replace('"', "&quot;")
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.28.0" styleCategories="Symbology|Labeling" labelsEnabled="1">'
        f'{renderer}<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName="{expression}" isExpression="1" fontFamily="Sans Serif" fontSize="9" '
        f'fontSizeUnit="Point" textColor="{_rgba(_DARK, 1)}" textOpacity="1">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" '
        'bufferOpacity="0.8"/></text-style><text-format/>'
        f'<placement placement="{placement}" placementFlags="10"/>'
        f'<rendering drawLabels="1" scaleVisibility="{int(from_scale > 0)}" scaleMin="1" scaleMax="{from_scale}"/>'
        "</settings></labeling></qgis>"
    )


def _single(kind: str, layers: str) -> str:
    return (
        '<renderer-v2 type="singleSymbol" enableorderby="0" forceraster="0" symbollevels="0">'
        f"<symbols>{_symbol(kind, '0', layers)}</symbols></renderer-v2>"
    )


def _symbol(kind: str, name: str, layers: str) -> str:
    return f'<symbol type="{kind}" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">{layers}</symbol>'


def _fill_symbol(look: _Fill) -> str:
    options = {
        "color": _rgba(look.fill, look.opacity),
        "style": "solid" if look.opacity else "no",
        "outline_color": _rgba(look.outline, 1),
        "outline_style": "dash" if look.dashed else "solid",
        "outline_width": str(look.width_mm),
        "outline_width_unit": "MM",
        "joinstyle": "miter",
    }
    return f'<layer class="SimpleFill" enabled="1" locked="0" pass="0">{_options(options)}</layer>'


def _options(options: Mapping[str, str]) -> str:
    """Properties of a symbol's layer, as QGIS writes them since 3.26; older ones read the second form."""
    new = "".join(f'<Option name="{name}" type="QString" value="{value}"/>' for name, value in options.items())
    old = "".join(f'<prop k="{name}" v="{value}"/>' for name, value in options.items())
    return f'<Option type="Map">{new}</Option>{old}'


def _sld(layer: str, rules: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<StyledLayerDescriptor version="1.1.0" xmlns="http://www.opengis.net/sld" '
        'xmlns:se="http://www.opengis.net/se" xmlns:ogc="http://www.opengis.net/ogc">'
        f"<NamedLayer><se:Name>{layer}</se:Name><UserStyle><se:Name>{layer}</se:Name>"
        f"<se:FeatureTypeStyle>{rules}</se:FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
    )


def _sld_rule(name: str, symbolizer: str, *, where: Mapping[str, str] | None = None) -> str:
    tests = "".join(
        f"<ogc:PropertyIsEqualTo><ogc:PropertyName>{column}</ogc:PropertyName>"
        f"<ogc:Literal>{value}</ogc:Literal></ogc:PropertyIsEqualTo>"
        for column, value in (where or {}).items()
    )
    condition = f"<ogc:Filter><ogc:And>{tests}</ogc:And></ogc:Filter>" if tests else ""
    return f"<se:Rule><se:Name>{name}</se:Name>{condition}{symbolizer}</se:Rule>"


def _sld_polygon(look: _Fill) -> str:
    fill = (
        f'<se:Fill><se:SvgParameter name="fill">{look.fill}</se:SvgParameter>'
        f'<se:SvgParameter name="fill-opacity">{look.opacity}</se:SvgParameter></se:Fill>'
    )
    stroke = _sld_stroke(look.outline, look.width_mm, dashed=look.dashed)
    return f"<se:PolygonSymbolizer>{fill if look.opacity else ''}{stroke}</se:PolygonSymbolizer>"


def _sld_stroke(colour: str, width_mm: float, *, dashed: bool) -> str:
    dashes = '<se:SvgParameter name="stroke-dasharray">4 2</se:SvgParameter>' if dashed else ""
    width_px = width_mm / 0.28
    return (
        f'<se:Stroke><se:SvgParameter name="stroke">{colour}</se:SvgParameter>'
        f'<se:SvgParameter name="stroke-width">{width_px:.2f}</se:SvgParameter>{dashes}</se:Stroke>'
    )


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")
