/** The camera: one picture after the other, until it is stopped. */
import { cropped } from "./small-picture.ts";

export class Camera {
  readonly #video = document.createElement("video");
  #stream: MediaStream | undefined;
  #timer = 0;
  isOn = $state(false);
  /** Why there is no picture. */
  problem = $state<string | undefined>();

  /**
   * Asks for the camera, and hands on its pictures.
   * @param take is waited for before the next picture
   */
  async start(
    size: { readonly width: number; readonly height: number },
    perSecond: number,
    take: (pixels: ImageData) => unknown,
  ): Promise<void> {
    this.problem = undefined;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
      this.#video.srcObject = this.#stream;
      this.#video.muted = true;
      this.#video.playsInline = true;
      await this.#video.play();
      this.isOn = true;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.stop();
      return;
    }
    const next = async (): Promise<void> => {
      const began = performance.now();
      const { videoWidth, videoHeight } = this.#video;
      if (videoWidth > 0) await take(cropped(this.#video, [videoWidth, videoHeight], size));
      const rest = 1000 / perSecond - (performance.now() - began);
      if (this.isOn) this.#timer = window.setTimeout(() => void next(), Math.max(0, rest));
    };
    void next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.isOn = false;
  }
}
