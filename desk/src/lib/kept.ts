/** What a page of this browser's tab remembers over a reload. */

const PREFIX = "yardwatch.";

export function keep(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // storage may be full or forbidden; it is then forgotten with the page
  }
}

/** What was kept, or null. */
export function kept<T>(name: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as T | null;
  } catch {
    return null;
  }
}
