/** What the area looks at: a moment of the run, and a picture. */
import { place } from "../../address/place.svelte.ts";
import { run } from "../../state/run.svelte.ts";
import type { Moment, Pictures } from "../../worker/api.ts";
import { type LookSettings, lookIn, withLook } from "./settings.ts";

/** Held-out pictures to choose from. */
const CHOICE = 40;

/** A picture of one's own: bytes [channels, height, width] as the network takes them. */
export interface OwnPicture {
  readonly bytes: Uint8Array;
  readonly name: string;
}

class Looking {
  /** The moment whose weights are looked at. */
  moment = $state.raw<Moment | undefined>();
  /** Counts the moments that were taken, so that views ask anew. */
  version = $state(0);
  pictures = $state.raw<Pictures | undefined>();
  own = $state.raw<OwnPicture | undefined>();

  get settings(): LookSettings {
    return lookIn(place.settings);
  }

  settle(changes: Partial<LookSettings>): void {
    place.settle(withLook(place.settings, changes));
  }

  /** Takes the present moment of the run. */
  async hold(): Promise<void> {
    this.moment = await run.session.holdStill();
    this.version++;
  }

  /** For a run that was opened. */
  async begin(): Promise<void> {
    this.moment = undefined;
    this.own = undefined;
    this.pictures = await run.session.partPictures("heldOut", CHOICE);
    await this.hold();
  }

  /** The number of the chosen held-out picture. */
  get row(): number {
    return Math.min(this.settings.picture, (this.pictures?.shape[0] ?? 1) - 1);
  }

  /** The bytes of the picture that is looked at. */
  get picture(): Uint8Array | undefined {
    return this.own?.bytes ?? (this.pictures && pictureAt(this.pictures, this.row));
  }

  /** The class of the picture, where it is known. */
  get label(): number | undefined {
    return this.own === undefined ? this.pictures?.labels[this.row] : undefined;
  }

  /** What answers depend on: the moment and the picture. */
  get key(): string {
    return `${this.version} ${this.own?.name ?? this.row}`;
  }

  /** Whether the run has gone on since. */
  get isEarlier(): boolean {
    const now = run.snapshot?.moment;
    const { moment } = this;
    return now !== undefined && moment !== undefined && (now.epoch !== moment.epoch || now.step !== moment.step);
  }
}

export const pictureAt = ({ bytes, shape: [, ...shape] }: Pictures, row: number): Uint8Array => {
  const size = shape.reduce((a, b) => a * b, 1);
  return bytes.slice(row * size, (row + 1) * size);
};

export const looking = new Looking();
