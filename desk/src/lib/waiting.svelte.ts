/** How much is under way, so that a wait is always visible. */

import { untrack } from "svelte";

let pending = $state(0);
let unreachable = $state(false);
let signedOut = $state(false);
let person = $state<string | null>(null);

export const waiting = {
  get count(): number {
    return pending;
  },
  /** Whether the last request got no answer at all. */
  get unreachable(): boolean {
    return unreachable;
  },
  set unreachable(value: boolean) {
    unreachable = value;
  },
  /** Whether the server wants to know anew who this is. */
  get signedOut(): boolean {
    return signedOut;
  },
  set signedOut(value: boolean) {
    signedOut = value;
  },
  /** Who signed in by name, with the role; null at a desk for one. */
  get person(): string | null {
    return person;
  },
  set person(value: string | null) {
    person = value;
  },
};

/** Show a wait for as long as the work goes on. */
export async function during<T>(work: Promise<T>): Promise<T> {
  untrack(() => (pending += 1)); // an effect that asks the server must not run again because it waits
  try {
    return await work;
  } finally {
    pending -= 1;
  }
}
