"""The railcar catalogue: how long cars are, by type and railway."""

from dataclasses import dataclass

from yardwatch.errors import MisuseError

__all__ = ["CATALOGUE", "COUPLER_GAP_M", "RAILWAYS", "UNSOURCED", "CarModel", "models"]

COUPLER_GAP_M = 1.1
"""Usual distance between the bodies of two coupled cars, metres (automatic coupler, SA-3)."""

RAILWAYS = ("russian", "chinese", "european", "north_american", "dprk")
"""Railways one may ask for; ``dprk`` stands for a mixture, see `models`."""

UNSOURCED = "shared project record, unsourced"
"""`CarModel.source` of a car whose length we were told without saying where it comes from."""


@dataclass(frozen=True, slots=True)
class CarModel:
    """A kind of railcar as built, as it looks from above."""

    name: str
    """Model designation."""
    type: str
    """One of `yardwatch.model.railcar.CAR_TYPES`."""
    subtype: str | None
    """``gondola``, ``ore``, ``hopper``, ``autorack`` …"""
    railway: str
    """``russian``, ``chinese``, ``european``, ``north_american``."""
    over_couplers_m: float
    """Length over coupler faces (or buffers): the pitch of a coupled string, metres."""
    body_m: float
    """Length of the body, metres; over couplers less the coupler gap."""
    width_m: float
    """Width of the body, metres."""
    height_m: float
    """Height of its top over the rail, metres."""
    source: str
    """Where the figures come from."""
    assumed: tuple[str, ...] = ()
    """Fields that `source` does not state: worked out from the others, or usual for the type on that railway."""


def models(*, type: str | None = None, railway: str | None = None) -> tuple[CarModel, ...]:  # noqa: A002 - field's name
    """Cars of a type, of a railway, or both.

    No source was found for cars built in North Korea. ``railway="dprk"`` is therefore an assumption of ours and not a
    finding: it gives the Russian and the Chinese cars together, the two fleets that meet at its borders.

    Parameters
    ----------
    type : str, optional
        One of `yardwatch.model.railcar.CAR_TYPES`; all types unless given.
    railway : str, optional
        One of `RAILWAYS`; all of them unless given.

    Raises
    ------
    MisuseError
        If the railway is none of `RAILWAYS`.
    """
    if railway is not None and railway not in RAILWAYS:
        raise MisuseError(f"railway {railway!r} is not in the catalogue; use one of {', '.join(RAILWAYS)}")
    railways = {"russian", "chinese"} if railway == "dprk" else {railway}
    return tuple(
        car for car in CATALOGUE if (type is None or car.type == type) and (railway is None or car.railway in railways)
    )


_BODY = ("body_m",)
_SIZE = ("width_m", "height_m")
_HEIGHT = ("height_m",)
_BODY_SIZE = (*_BODY, *_SIZE)
_BODY_HEIGHT = (*_BODY, *_HEIGHT)

_UWC_13_6724 = "United Wagon Company, flat car 13-6724 (46 ft loading length), uniwagon.com/en/products"
_NX70A = "AGICO, NX70A intermodal wagon, railwaywagons.com/rail-freight-wagons/flat-wagons/nx70a"
_UIC_OPEN = "UIC 571-1 to 571-3, table in liquisearch.com/open_wagon/uic_standard_goods_wagons"
_UIC_COACH = "UIC 567, modellbau-wiki.de/wiki/UIC-Reisezugwagentypen"
_DF4 = "Wikipedia (en), China Railways DF4"
_BOXCAR = "thisisbeep.com/what-are-the-dimensions-of-a-boxcar (exterior length and width); inside length as named"
_LONG_FLAT = "expressgroup.ca, Intermodal freight use: 89 ft deck, 92 ft over all"

_RUSSIAN = (
    # Where a source is silent on the body, the gap is that of 12-1303 (13.92 over couplers, 12.78 over end sills).
    CarModel(
        "12-132", "open_top", "gondola", "russian", 13.92, 12.78, 3.158, 3.78,
        "Rail Transport Holding, gondola 12-132, en.railtransholding.com/catalog/detail.php?ELEMENT_ID=844", _BODY,
    ),
    CarModel(
        "12-1303", "open_top", "gondola", "russian", 13.92, 12.78, 3.154, 3.48,
        "KAVAZ, gondola 12-1303, kavaz.tplants.com/en/catalog/model-12-1303",
    ),
    CarModel(
        "70 t gondola for 1520 mm", "open_top", "gondola", "russian", 13.92, 12.70, 3.13, 3.715,
        "East Railway, open-top wagon, eastrailway.com/a/PRODUCTS/Spare_part/Open_top_wagon/2019/0719/256.html",
    ),
    CarModel("covered car", "covered", "boxcar", "russian", 15.35, 14.21, 3.1, 4.65, UNSOURCED, _BODY_SIZE),
    CarModel(
        "11-739", "covered", "hopper", "russian", 14.72, 13.58, 3.25, 4.653,
        "A-Trans Group, grain hopper 11-739, atransgroup.ru/model_11_739.html", _BODY,
    ),
    CarModel(
        "fertiliser hopper, composite body", "covered", "hopper", "russian", 13.20, 12.06, 3.228, 5.17,
        "Uralvagonzavod, car-hopper with composite body, uralvagonzavod.com/products/railway_vehicles", _BODY,
    ),
    CarModel("fertiliser hopper", "covered", "hopper", "russian", 16.22, 15.08, 3.2, 4.6, UNSOURCED, _BODY_SIZE),
    CarModel(
        "15-1547-03", "tank", None, "russian", 12.02, 10.88, 3.2, 4.67,
        "Spacecom, tank car 15-1547-03, spacecom.ee/tankcars_for_lease/model_15154703", _BODY_SIZE,
    ),
    CarModel(
        "15-9049", "tank", None, "russian", 12.02, 11.194, 3.2, 4.67,
        "Corum, tank car 15-9049 (outer length and inner diameter of the tank), corum.com/pressroom, 2004-07-01", _SIZE,
    ),
    CarModel("13-6724, empty", "flat", "container_flat", "russian", 15.02, 14.02, 2.805, 1.3, _UWC_13_6724, _HEIGHT),
    CarModel("13-470, empty", "flat", "container_flat", "russian", 19.62, 18.48, 2.87, 1.3, UNSOURCED, _BODY_SIZE),
    CarModel("13-6724, laden", "container", None, "russian", 15.02, 14.02, 2.805, 3.89, _UWC_13_6724, _HEIGHT),
    CarModel(
        "40 ft container flat, laden", "container", None, "russian", 14.62, 13.48, 2.8, 3.89,
        "International Railway Journal, New Russian high-capacity container wagon certified (2017)",
        _BODY_SIZE,
    ),
    CarModel("13-470, laden", "container", None, "russian", 19.62, 18.48, 2.87, 3.89, UNSOURCED, _BODY_SIZE),
    CarModel(
        "coach, gauge 1-VM", "passenger", None, "russian", 24.537, 23.6, 3.105, 4.375,
        "vagoni-jd.ru/razdel_05-6-5-trebovania-k-parametram (over couplers); dzen.ru/b/YhOdyt6ozxzl7MTq (body)", _SIZE,
    ),
    CarModel(
        "61-4533", "passenger", None, "russian", 25.27, 24.33, 3.385, 4.4,
        "Railway Gazette, Longer and wider coach on test: 730 mm longer and 280 mm wider than gauge 1-VM",
        _BODY_SIZE,
    ),
    CarModel(
        "M62", "locomotive", "diesel", "russian", 17.55, 16.41, 2.95, 4.493, "Wikipedia (en), M62 locomotive", _BODY
    ),
    CarModel(
        "TEM2", "locomotive", "shunter", "russian", 16.97, 15.83, 3.1, 4.6,
        "manfred-kopka.de/europa/russland/tem2.htm", _BODY_SIZE,
    ),
    CarModel(
        "TE10, one section", "locomotive", "diesel", "russian", 16.969, 15.83, 3.25, 4.8,
        "Line-haul locomotive profile form, Uzbekistan, lngplants.com/UzbekLineLocomotives.html", _BODY_HEIGHT,
    ),
)  # fmt: skip

_CHINESE = (
    # Where a source is silent on the body, the gap is that of NX70A (13.966 over couplers, 13.0 over the underframe).
    CarModel(
        "C70E", "open_top", "gondola", "chinese", 13.98, 13.01, 3.18, 3.14,
        "CRRC Qiqihar, C70E for Kenya (13.0 m inside), old.rail-transit.com/Detail_News.aspx?ID=41034",
        ("over_couplers_m", *_SIZE),
    ),
    CarModel(
        "P70", "covered", "boxcar", "chinese", 17.066, 16.1, 3.3, 4.77,
        "AGICO, P70 covered wagon, railwaywagons.com/rail-freight-wagons/general-purpose-wagons/covered-wagon", _BODY,
    ),
    CarModel(
        "P63", "covered", "boxcar", "chinese", 16.438, 15.47, 3.3, 4.7,
        "railway-parts.com/news/different-kinds-of-railway-wagon.html", _BODY_SIZE,
    ),
    CarModel("NX70A, empty", "flat", None, "chinese", 13.966, 13.0, 2.98, 1.216, _NX70A),
    CarModel("NX70A, laden", "container", None, "chinese", 13.966, 13.0, 2.98, 3.81, _NX70A, _HEIGHT),
    CarModel(
        "25G coach", "passenger", None, "chinese", 26.6, 25.5, 3.105, 4.433,
        "Wikipedia (en), China Railways 25G rolling stock",
    ),
    CarModel("DF4A", "locomotive", "diesel", "chinese", 19.99, 19.0, 3.309, 4.755, _DF4, _BODY),
    CarModel("DF4B", "locomotive", "diesel", "chinese", 20.49, 19.5, 3.309, 4.755, _DF4, _BODY),
)  # fmt: skip

_EUROPEAN = (
    # Where a source is silent on the body, two buffers of 0.62 m are taken off.
    CarModel("Es", "open_top", "gondola", "european", 10.0, 8.76, 2.9, 3.0, _UIC_OPEN, _SIZE),
    CarModel("Eaos", "open_top", "gondola", "european", 14.04, 12.80, 2.9, 3.3, _UIC_OPEN, _BODY_SIZE),
    CarModel(
        "Eanos", "open_top", "gondola", "european", 15.74, 14.5, 2.9, 3.34,
        "zettzeit.ch, Der Eanos in Vorbild und Modell", _BODY_SIZE,
    ),
    CarModel(
        "Falns 180", "open_top", "hopper", "european", 12.54, 11.594, 3.05, 4.3,
        "dybas.de/dybas/gw/gw_f_1/g180.html (body: loading opening)", ("width_m",),
    ),
    CarModel(
        "Falrrs 153, one half", "open_top", "ore", "european", 15.05, 13.81, 3.068, 4.007,
        "dybas.de/dybas/gw/gw_f_1/g153.html (30.1 m a pair)", _BODY,
    ),
    CarModel("Fcs", "open_top", "hopper", "european", 9.64, 8.4, 2.9, 3.8, _UIC_OPEN, _BODY_SIZE),
    CarModel("Tals", "covered", "hopper", "european", 12.54, 11.3, 3.05, 4.3, _UIC_OPEN, _BODY_SIZE),
    CarModel(
        "Gbs", "covered", "boxcar", "european", 14.02, 12.78, 2.8, 4.1,
        "sebtus.de/steckbrief_dsbg_gbs.html", _BODY_SIZE,
    ),
    CarModel(
        "Hs", "covered", "boxcar", "european", 10.58, 9.34, 2.8, 4.0,
        "sebtus.de/steckbrief_dsbg_hs.html", _BODY_SIZE,
    ),
    CarModel(
        "Shimmns 708", "covered", "coil", "european", 12.04, 10.8, 2.9, 4.1,
        "Brawa 51008, 138.4 mm over buffers at 1:87, mobatraum.de", _BODY_SIZE,
    ),
    CarModel("Taems", "covered", "sliding_roof", "european", 14.04, 12.8, 2.9, 4.2, _UIC_OPEN, _BODY_SIZE),
    CarModel(
        "Zs", "tank", None, "european", 8.8, 7.56, 2.6, 3.9,
        "landeseisenbahn-lippe.de/vehicles/kesselwagen-zs", _BODY_SIZE,
    ),
    CarModel(
        "four-axle light tank car", "tank", None, "european", 12.4, 11.16, 2.8, 4.2,
        "drahtkupplung.de/gtbhb245C.html", _BODY_SIZE,
    ),
    CarModel(
        "gas tank car, 119 m³", "tank", "gas", "european", 18.8, 17.56, 3.0, 4.27,
        "RailTarget, GATX Rail Europe: Pressurized gas train tanks, 2021-11-09", _BODY_SIZE,
    ),
    CarModel(
        "Sgjs 716, empty", "flat", "container_flat", "european", 21.08, 19.84, 2.9, 1.24,
        "dybas.de/dybas/gw/gw_s_7/g716.html", (*_BODY, "width_m"),
    ),
    CarModel(
        "Sgjs 716, laden", "container", None, "european", 21.08, 19.84, 2.9, 3.83,
        "dybas.de/dybas/gw/gw_s_7/g716.html", _BODY_SIZE,
    ),
    CarModel("UIC-X and UIC-Z coach", "passenger", None, "european", 26.4, 26.1, 2.825, 4.05, _UIC_COACH, _BODY_SIZE),
    CarModel("UIC-Y coach", "passenger", None, "european", 24.5, 24.2, 2.825, 4.05, _UIC_COACH, _BODY_SIZE),
    CarModel(
        "Re 420", "locomotive", "electric", "european", 15.41, 14.17, 2.97, 4.5,
        "Wikipedia (de), SBB Re 4/4 II", _BODY,
    ),
    CarModel(
        "Am 843", "locomotive", "shunter", "european", 15.2, 13.96, 3.08, 4.22,
        "Wikipedia (de), SBB Am 843", _BODY,
    ),
)  # fmt: skip

_NORTH_AMERICAN = (
    # Where a source is silent on the body, the gap is that of SD40-2 (20.98 over couplers, 19.71 over the frame).
    CarModel(
        "aluminium coal car", "open_top", "coal", "north_american", 16.18, 14.91, 3.2, 3.8,
        "Trains.com forum, Car dimensions, 2006-01-11: 53 ft 1 in over pulling faces", _BODY_SIZE,
    ),
    CarModel("50 ft boxcar", "covered", "boxcar", "north_american", 16.89, 15.49, 3.23, 4.7, _BOXCAR, _BODY_HEIGHT),
    CarModel(
        "60 ft high-cube boxcar", "covered", "boxcar", "north_american", 20.6, 18.62, 3.25, 5.18, _BOXCAR,
        _BODY_HEIGHT,
    ),
    CarModel(
        "3281 cu ft two-bay covered hopper", "covered", "hopper", "north_american", 12.78, 11.51, 3.2, 4.72,
        "World of Railways, New covered hopper from US manufacturer, 2022-01-12: 41 ft 11 in", _BODY_SIZE,
    ),
    CarModel(
        "autorack", "covered", "autorack", "north_american", 28.96, 27.43, 3.2, 5.36,
        "Trains.com forum, Car dimensions, 2006-01-11; J. Panza, Shipping Autos by Rail 2 (height)", ("width_m",),
    ),
    CarModel("89 ft flat, empty", "flat", "intermodal", "north_american", 28.04, 27.13, 2.9, 1.1, _LONG_FLAT, _SIZE),
    CarModel("89 ft flat, laden", "container", None, "north_american", 28.04, 27.13, 2.9, 3.69, _LONG_FLAT, _SIZE),
    CarModel(
        "Superliner", "passenger", None, "north_american", 25.91, 25.0, 3.1, 4.93,
        "Wikipedia (en), Superliner (railcar)", _BODY,
    ),
    CarModel(
        "SD40-2", "locomotive", "diesel", "north_american", 20.98, 19.71, 3.13, 4.75,
        "Wikipedia (en), EMD SD40-2 and EMD SD38-2 (frame)",
    ),
    CarModel(
        "GP38-2", "locomotive", "diesel", "north_american", 18.03, 16.76, 3.16, 4.67,
        "Wikipedia (en), EMD GP38-2", _BODY,
    ),
)  # fmt: skip

CATALOGUE: tuple[CarModel, ...] = (*_RUSSIAN, *_CHINESE, *_EUROPEAN, *_NORTH_AMERICAN)
"""Every car whose length we can name a source for, and a few we were told of (`UNSOURCED`)."""
