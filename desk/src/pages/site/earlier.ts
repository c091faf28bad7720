/** What an earlier version of the drawing has otherwise than the drawing of now. */

import { called, type Drawn, type Kind, type Shapes } from "./edits";
import type { Shape } from "./shapes";

export interface Earlier {
  version: number;
  /** What it has otherwise, in words. */
  words: string[];
  /** The shapes it has otherwise, as they were. */
  shapes: Shape[];
}

export function earlierThan(now: Shapes, then: Shapes, version: number): Earlier {
  const words: string[] = [];
  const shapes: Shape[] = [];
  const compare = (kind: Kind, before: readonly Drawn[], after: readonly Drawn[]) => {
    const known = new Map(after.map((one) => [one.properties.name, one]));
    for (const one of before) {
      const name = called(kind, one.properties.name);
      const other = known.get(one.properties.name);
      known.delete(one.properties.name);
      const moved = !other || JSON.stringify(one.geometry) !== JSON.stringify(other.geometry);
      if (moved) shapes.push(one.geometry);
      if (!other) words.push(`${name} was there`);
      else if (moved) words.push(`${name} was drawn otherwise`);
      else if (factsOf(one) !== factsOf(other)) words.push(`${name} had other facts`);
    }
    for (const one of known.values()) words.push(`${called(kind, one.properties.name)} was not there`);
  };
  compare("zone", then.zones, now.zones);
  compare("track", then.tracks, now.tracks);
  return { version, words, shapes };
}

/** What people can change of it. */
function factsOf({ properties }: Drawn): string {
  const { name, ...facts } = properties;
  return "role" in facts ? JSON.stringify([name, facts.role, facts.aliases, facts.conceals_from]) : JSON.stringify([name, facts.gauge_mm, facts.zone]);
}
