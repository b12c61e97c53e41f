/** The address as state: views read it, and change it through `go` and `settle`. */
import { type Address, readAddress, writeAddress } from "./address.ts";

class Place {
  #address = $state.raw(readAddress(location.hash));

  constructor() {
    addEventListener("hashchange", () => {
      this.#address = readAddress(location.hash);
    });
  }

  get area(): string {
    return this.#address.area;
  }

  get path(): readonly string[] {
    return this.#address.path;
  }

  get settings(): Address["settings"] {
    return this.#address.settings;
  }

  /** The address of another place, with the settings of this one. */
  linkTo(area: string, ...path: readonly string[]): string {
    return writeAddress({ area, path, settings: this.settings });
  }

  /** Goes there, so that the back button returns. */
  go(area: string, ...path: readonly string[]): void {
    location.hash = this.linkTo(area, ...path);
  }

  /** Replaces the settings of this place. */
  settle(settings: Readonly<Record<string, string>>): void {
    this.#address = { ...this.#address, settings };
    history.replaceState(null, "", writeAddress(this.#address));
  }
}

export const place = new Place();
