/** The camera: pictures at the network's size, each explained before the next is taken. */

import type { AttributionMethod } from "fovea/inspect";
import { run } from "../../../state/run.svelte.ts";
import type { MethodMap } from "../../../worker/api/look.ts";
import { looking } from "../looking.svelte.ts";
import { meanOf } from "../shared/fit-picture.ts";
import { type Input, sampleSource } from "../shared/read-picture.ts";

/** Pictures over which the rate is a mean. */
const MEAN_OVER = 30;

export interface CameraFrame {
  readonly picture: Uint8Array;
  readonly found: MethodMap;
  readonly probabilities: Float32Array;
}

export class Camera {
  frame = $state.raw<CameraFrame | undefined>();
  /** Pictures a second. */
  rate = $state(0);
  isOn = $state(false);
  problem = $state<string | undefined>();
  method = $state<AttributionMethod>("grad-cam");
  #stream: MediaStream | undefined;

  async start(): Promise<void> {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
    } catch (error) {
      this.problem = (error as Error).message;
      return;
    }
    this.problem = undefined;
    this.isOn = true;
    const video = document.createElement("video");
    Object.assign(video, { srcObject: this.#stream, muted: true, playsInline: true });
    await video.play();
    await this.#film(video);
  }

  stop(): void {
    this.isOn = false;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
  }

  async #film(video: HTMLVideoElement): Promise<void> {
    const input = run.opened!.input as unknown as Input;
    const isDark = meanOf(run.opened!.sample.bytes) < 127.5;
    const times: number[] = [];
    while (this.isOn) {
      const picture = sampleSource(video, [video.videoWidth, video.videoHeight], input, isDark);
      try {
        const { found, probabilities } = await run.session.attributeFrame(picture, this.method, looking.settings.of);
        this.frame = { picture, found, probabilities };
      } catch (error) {
        this.problem = (error as Error).message;
        this.stop();
        return;
      }
      times.push(performance.now());
      if (times.length > MEAN_OVER) times.shift();
      this.rate = times.length > 1 ? (1000 * (times.length - 1)) / (times[times.length - 1] - times[0]) : 0;
      // A picture for each that the screen shows, and none while the page is hidden.
      await new Promise(requestAnimationFrame);
    }
  }
}
