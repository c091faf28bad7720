/** A choice of this person that outlives the page, kept in this browser only. */

export class Stored<T extends string> {
  #key: string;
  #value: T;

  constructor(name: string, fallback: T) {
    this.#key = `yardwatch.${name}`;
    this.#value = $state(fallback);
    try {
      this.#value = (localStorage.getItem(this.#key) as T | null) ?? fallback;
    } catch {
      // storage may be forbidden; the choice then lasts as long as the page
    }
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, value);
    } catch {
      // as above
    }
  }
}
