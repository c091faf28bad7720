/** Mouse and fingers on the map: what a press, a move and a click mean in each mode. */

import type { Position } from "geojson";
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent, PointLike } from "maplibre-gl";
import type { CarProperties } from "../../lib/types";
import { distance, type XY } from "./geometry";
import { handlesOf, type Handle } from "./handles";
import { withInserted, withMoved, type Shape, type Vertex } from "./shapes";
import { snapTo, type Snap } from "./snapping";
import type { Tools } from "./tools.svelte";

type Press = MapMouseEvent | MapTouchEvent;

export interface Seen {
  /** Where the pointer is, and what it would snap to. */
  onpoint: (position: Position | null, snap: Snap | null) => void;
  oncar: (car: CarProperties | null) => void;
}

export function attachHands(map: MapLibre, tools: Tools, seen: Seen): void {
  let dragging: Vertex | null = null;
  let base: Shape | null = null;
  let moved = false;

  const project = (position: Position): XY => {
    const { x, y } = map.project([position[0]!, position[1]!]);
    return [x, y];
  };
  const unproject = (pixel: XY): Position => map.unproject(pixel).toArray();
  const pixelOf = (event: Press): XY => [event.point.x, event.point.y];
  const reach = (event: Press) => ("touches" in event.originalEvent ? 20 : 9);

  function snapAt(event: Press): Snap | null {
    const held = event.originalEvent.altKey;
    if (!tools.snapping || held || (tools.mode === "select" && !dragging) || tools.mode === "trace") return null;
    const others = [...tools.drawing.tracks, ...tools.drawing.zones].filter((feature) => feature !== tools.feature);
    return snapTo(pixelOf(event), others, project, unproject, reach(event));
  }

  function press(event: Press): void {
    if ("points" in event && event.points.length > 1) return;
    const shape = tools.feature?.geometry;
    if (tools.mode !== "select" || !shape) return;
    const handles = handlesOf(shape, tools.vertex, project);
    const near = (points: Handle[]) => points.find((one) => distance(project(one.position), pixelOf(event)) <= reach(event));
    const vertex = near(handles.vertices);
    const middle = vertex ? undefined : near(handles.middles);
    const hit = vertex ?? middle;
    if (!hit) return;
    event.preventDefault();
    dragging = hit.vertex;
    base = middle ? withInserted(shape, middle.vertex, middle.position) : shape;
    moved = false;
    tools.vertex = hit.vertex;
    if (middle) tools.dragged = base;
  }

  function move(event: Press): void {
    const snap = snapAt(event);
    const position = snap?.position ?? event.lngLat.toArray();
    seen.onpoint(event.lngLat.toArray(), snap);
    if (!dragging || !base) return;
    event.preventDefault();
    moved = true;
    tools.dragged = withMoved(base, dragging, position);
  }

  function release(): void {
    if (!dragging) return;
    if (moved || tools.dragged) tools.drop();
    dragging = base = null;
  }

  function click(event: MapMouseEvent): void {
    if (tools.mode !== "select") {
      tools.put(snapAt(event)?.position ?? event.lngLat.toArray());
      return;
    }
    if (moved) {
      moved = false;
      return;
    }
    choose(event);
  }

  function choose(event: MapMouseEvent): void {
    const { x, y } = event.point;
    const box: [PointLike, PointLike] = [[x - 5, y - 5], [x + 5, y + 5]];
    const shape = tools.feature?.geometry;
    if (shape && handlesOf(shape, tools.vertex, project).vertices.some((one) => distance(project(one.position), [x, y]) <= 9)) return;
    const at = (layers: string[]) => map.queryRenderedFeatures(box, { layers: layers.filter((id) => map.getLayer(id)) })[0];
    const car = map.queryRenderedFeatures([x, y], { layers: ["car-fill"].filter((id) => map.getLayer(id)) })[0];
    seen.oncar((car?.properties as CarProperties | undefined) ?? null);
    const track = at(["track-line", "track-casing"]);
    const zone = track ? undefined : at(["zone-line", "zone-casing"]);
    if (track) tools.select({ kind: "track", name: String(track.properties.name) });
    else if (zone) tools.select({ kind: "zone", name: String(zone.properties.name) });
    else tools.select(null);
  }

  map.on("mousedown", press);
  map.on("touchstart", press);
  map.on("mousemove", move);
  map.on("touchmove", move);
  map.on("mouseup", release);
  map.on("touchend", release);
  map.on("mouseout", () => seen.onpoint(null, null));
  map.on("click", click);
  map.on("dblclick", (event) => {
    if (tools.mode === "select") return;
    event.preventDefault();
    tools.finish();
  });
}
