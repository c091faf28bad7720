/** What the hand is doing on the map: choosing, drawing, tracing, and deciding on what is proposed. */

import type { LineString, Polygon, Position } from "geojson";
import { done, failed } from "../../lib/toasts.svelte";
import type { Drawing, Drawn, Edit, Named } from "./drawing.svelte";
import type { Earlier } from "./earlier";
import { called } from "./edits";
import { lengthOf, Plane } from "./geometry";
import { Proposals, type Addition, type Proposal } from "./proposals.svelte";
import { withInserted, withMoved, withRemoved, verticesOf, type Shape, type Vertex } from "./shapes";
import { trace, tracedProposal, tracesBeside } from "./tracing";

export type Mode = "select" | "track" | "zone" | "trace";

/** So many edits the server takes at once. */
const MOST_EDITS = 500;

export class Tools {
  mode = $state<Mode>("select");
  /** Points put so far while drawing or tracing. */
  sketch = $state.raw<Position[]>([]);
  selected = $state.raw<Named | null>(null);
  vertex = $state.raw<Vertex | null>(null);
  /** The selected shape while one of its vertices is dragged. */
  dragged = $state.raw<Shape | null>(null);
  readonly proposals: Proposals;
  /** The version that the drawing is compared with. */
  earlier = $state.raw<Earlier | null>(null);
  /** What is being waited for, in words, or null. */
  waiting = $state<string | null>(null);
  snapping = $state(true);
  #abort: AbortController | null = null;
  #nudging: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly drawing: Drawing,
    /** The scene that is traced. */
    readonly scene: () => string | null,
  ) {
    this.proposals = new Proposals({
      draw: (proposals) => this.draw(proposals),
      select: (named) => this.select(named),
      beside: (line) => void this.proposeBeside(line.coordinates, true),
    });
  }

  get feature(): Drawn | undefined {
    return this.selected ? this.drawing.find(this.selected.kind, this.selected.name) : undefined;
  }

  start(mode: Mode): void {
    this.stop();
    this.mode = mode;
    if (mode !== "select") this.select(null);
  }

  /** Leave what is under way: the wait, the sketch, the mode, the selection, in this order. */
  escape(): void {
    if (this.waiting) this.stop();
    else if (this.earlier) this.earlier = null;
    else if (this.sketch.length) this.sketch = [];
    else if (this.mode !== "select") this.mode = "select";
    else if (this.proposals.list.length) this.proposals.rejectAll();
    else if (this.vertex) this.vertex = null;
    else this.select(null);
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.waiting = null;
    this.sketch = [];
  }

  select(selected: Named | null): void {
    this.drop();
    this.selected = selected;
    this.vertex = null;
  }

  /** Put a point where the pointer or the crosshair is. */
  put(position: Position): void {
    if (this.waiting) return;
    const last = this.sketch.at(-1);
    if (last && last[0] === position[0] && last[1] === position[1]) return;
    this.sketch = [...this.sketch, position];
    if (this.mode === "trace" && this.sketch.length === 2) void this.#trace(this.sketch);
  }

  takeBack(): void {
    this.sketch = this.sketch.slice(0, -1);
  }

  /** Whether what is sketched can be finished. */
  get complete(): boolean {
    return this.sketch.length >= (this.mode === "zone" ? 3 : 2);
  }

  finish(): void {
    if (!this.complete || this.mode === "select" || this.mode === "trace") return;
    const addition: Addition =
      this.mode === "zone" ? { kind: "zone", geometry: polygonOf(this.sketch), properties: {} } : { kind: "track", geometry: lineOf(this.sketch), properties: {} };
    this.sketch = [];
    this.mode = "select";
    this.select(this.draw([addition])[0] ?? null);
  }

  /** Draw zones and tracks, or draw anew what they take the place of, as one step; gives what they are called. */
  draw(additions: readonly (Addition | Proposal)[]): Named[] {
    const named: Named[] = [];
    const edits = additions.map((addition): Edit => {
      const { kind, geometry, properties } = addition;
      const over = "over" in addition && addition.over?.same ? addition.over.name : null;
      const name = over ?? this.drawing.freeName(kind, properties.name, named);
      named.push({ kind, name });
      if (over !== null) return { op: "change", kind, name, geometry };
      if (addition.kind === "zone") return { op: "add", kind: "zone", geometry: addition.geometry, properties: { role: "rail_yard", ...addition.properties, name } };
      const gauge_mm = addition.properties.gauge_mm ?? this.#usualGauge();
      return { op: "add", kind: "track", geometry: addition.geometry, properties: { zone: null, ...addition.properties, gauge_mm, name } };
    });
    const drafted = additions.some((one) => "drafted" in one && one.drafted) ? " from a draft (© OpenStreetMap contributors, ODbL 1.0)" : "";
    for (let from = 0; from < edits.length; from += MOST_EDITS) {
      const part = edits.slice(from, from + MOST_EDITS);
      const what = part.length === 1 ? called(named[from]!.kind, named[from]!.name) : `${part.length} zones and tracks`;
      this.drawing.commit(`${what} drawn${drafted}`, part);
    }
    return named;
  }

  /** Take back, or do again, the last step; what it concerned is selected. */
  undo(): void {
    this.drop();
    this.#reselect(this.drawing.undo());
  }

  redo(): void {
    this.drop();
    this.#reselect(this.drawing.redo());
  }

  #reselect(named: Named | null): void {
    this.dragged = this.vertex = null;
    if (named) this.selected = named;
    else if (!this.feature) this.selected = null;
  }

  /** Look for tracks beside a line; asked for by a person, it also says that there are none. */
  async proposeBeside(line: Position[], unasked = false): Promise<void> {
    const scene = this.scene();
    if (!scene) return failed("Looking for tracks", new Error("no scene is shown: choose one on the time axis"));
    await this.#wait("Looking for tracks beside it", async (signal) => {
      const found = await tracesBeside(scene, line, this.drawing.tracks, signal);
      this.proposals.add(found);
      if (!found.length && !unasked) done("The image shows no track beside it that is not drawn yet");
    });
  }

  #usualGauge(): number | null {
    const gauges = this.drawing.tracks.map((track) => track.properties.gauge_mm).filter((gauge) => gauge !== null);
    const times = (gauge: number) => gauges.filter((other) => other === gauge).length;
    return gauges.reduce<number | null>((best, gauge) => (best === null || times(gauge) > times(best) ? gauge : best), null);
  }

  async #trace(points: Position[]): Promise<void> {
    const scene = this.scene();
    if (!scene) {
      failed("Tracing", new Error("no scene is shown: choose one on the time axis"));
      this.sketch = [];
      return;
    }
    await this.#wait("Tracing the rail", async (signal) => {
      const traced = await trace(scene, points, signal);
      this.sketch = [];
      if (!traced.found || !traced.line) {
        failed("No track was traced", new Error(traced.reason ?? "the image shows no rails between the two points"));
        return;
      }
      this.proposals.addFirst(tracedProposal(traced, traced.line, "traced"));
    });
  }

  async #wait(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.waiting = what;
    try {
      await work(abort.signal);
    } catch (error) {
      this.sketch = [];
      failed(what, error);
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.waiting = null;
      }
    }
  }

  // Editing what is selected

  reshape(shape: Shape, label: string): void {
    if (!this.selected) return;
    this.drawing.commit(label, [{ op: "change", kind: this.selected.kind, name: this.selected.name, geometry: shape }]);
  }

  /** End a drag: keep the dragged shape as a step. */
  drop(): void {
    clearTimeout(this.#nudging);
    const shape = this.dragged;
    this.dragged = null;
    if (shape && this.selected) this.reshape(shape, `vertex of ${this.selected.name} moved`);
  }

  insertAt(vertex: Vertex, position: Position): void {
    const shape = this.feature?.geometry;
    if (!shape || !this.selected) return;
    this.vertex = vertex;
    this.reshape(withInserted(shape, vertex, position), `vertex added to ${this.selected.name}`);
  }

  /** Take out the selected vertex, or else the selected zone or track. */
  remove(): void {
    const feature = this.feature;
    if (!feature || !this.selected) return;
    const { kind, name } = this.selected;
    if (!this.vertex) {
      this.drawing.commit(`${called(kind, name)} deleted`, [{ op: "delete", kind, name }]);
      this.select(null);
      done(`${name} deleted`, { label: "Undo", run: () => this.undo() });
      return;
    }
    const shape = withRemoved(feature.geometry, this.vertex);
    this.vertex = null;
    if (shape) this.reshape(shape, `vertex of ${name} taken out`);
    else failed("Taking out the vertex", new Error(`a ${kind} needs ${kind === "zone" ? "three" : "two"}`));
  }

  /** Move the selected vertex by metres to the east and north; a run of moves is one step. */
  nudge(east: number, north: number): void {
    const shape = this.dragged ?? this.feature?.geometry;
    const old = this.vertexPosition;
    if (!shape || !old || !this.vertex) return;
    this.dragged = withMoved(shape, this.vertex, new Plane(old).from([east, north]));
    clearTimeout(this.#nudging);
    this.#nudging = setTimeout(() => this.drop(), 700);
  }

  get vertexPosition(): Position | undefined {
    const shape = this.dragged ?? this.feature?.geometry;
    return shape && verticesOf(shape).find(({ vertex }) => vertex.ring === this.vertex?.ring && vertex.at === this.vertex.at)?.position;
  }

  stepVertex(by: number): void {
    this.drop();
    const shape = this.feature?.geometry;
    if (!shape) return;
    const all = verticesOf(shape);
    const at = all.findIndex(({ vertex }) => vertex.ring === this.vertex?.ring && vertex.at === this.vertex.at);
    this.vertex = all[at < 0 ? 0 : (at + by + all.length) % all.length]?.vertex ?? null;
  }

  /** A new vertex in the middle of the stretch after the selected one. */
  splitAfter(): void {
    const shape = this.feature?.geometry;
    const here = this.vertex;
    if (!shape || !here) return;
    const path = shape.type === "Polygon" ? shape.coordinates[here.ring]! : shape.coordinates;
    const [a, b] = [path[here.at], path[here.at + 1]];
    if (a && b) this.insertAt({ ring: here.ring, at: here.at + 1 }, [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2]);
  }

  /** Length of what is sketched, metres. */
  get sketchLength(): number {
    const first = this.sketch[0];
    if (!first) return 0;
    const plane = new Plane(first);
    return lengthOf(this.sketch.map((position) => plane.to(position)));
  }
}

function polygonOf(positions: Position[]): Polygon {
  return { type: "Polygon", coordinates: [[...positions, positions[0]!]] };
}

export function lineOf(positions: Position[]): LineString {
  return { type: "LineString", coordinates: positions };
}
