/** Camera, light and pointer of the view in space. A frame is drawn only when something has changed. */
import { type Object3D, PerspectiveCamera, Raycaster, Scene, Vector2, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";

/** Radians a key turns the view by. */
const TURN = Math.PI / 24;
const ZOOM = 1.15;

const turns: Readonly<Record<string, readonly [azimuth: number, height: number]>> = {
  ArrowLeft: [-TURN, 0],
  ArrowRight: [TURN, 0],
  ArrowUp: [0, -TURN],
  ArrowDown: [0, TURN],
};

const zooms: Readonly<Record<string, number>> = { "+": 1 / ZOOM, "=": 1 / ZOOM, "-": ZOOM };

export class Stage {
  readonly scene = new Scene();
  readonly #renderer: WebGLRenderer;
  readonly #camera = new PerspectiveCamera(32, 1, 0.1, 200);
  readonly #controls: OrbitControls;
  readonly #ray = new Raycaster();
  #isDue = false;
  #isGone = false;
  /** Frames drawn so far. */
  frames = 0;

  /** @throws Error where there is no WebGL */
  constructor(canvas: HTMLCanvasElement) {
    this.#renderer = new WebGLRenderer({ canvas, alpha: true, antialias: true });
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.addEventListener("change", () => this.draw());
  }

  /** Draws in the next frame. */
  draw(): void {
    if (this.#isDue || this.#isGone) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.#isGone) return;
      this.frames++;
      this.#renderer.render(this.scene, this.#camera);
    });
  }

  resize(width: number, height: number): void {
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
    this.draw();
  }

  /** Looks at a row of layers of a length along the x axis, from the front, above and a little behind the picture. */
  frame(length: number): void {
    const distance = Math.max(7, length / Math.max(0.8, this.#camera.aspect) / 0.55);
    this.#camera.position.set(-distance * 0.42, distance * 0.3, distance * 0.8);
    this.#controls.target = new Vector3(0, 0, 0);
    this.#controls.update();
    this.draw();
  }

  /** Turns or zooms by a key. @returns whether it is one that does */
  press(key: string): boolean {
    const offset = this.#camera.position.clone().sub(this.#controls.target);
    const turn = turns[key];
    const zoom = zooms[key];
    if (turn === undefined && zoom === undefined) return false;
    if (zoom !== undefined) offset.multiplyScalar(zoom);
    else {
      const radius = offset.length();
      const azimuth = Math.atan2(offset.x, offset.z) + turn[0];
      const polar = Math.max(0.1, Math.min(Math.PI - 0.1, Math.acos(offset.y / radius) + turn[1]));
      offset.setFromSphericalCoords(radius, polar, azimuth);
    }
    this.#camera.position.copy(this.#controls.target).add(offset);
    this.#controls.update();
    this.draw();
    return true;
  }

  /** The first of some objects under a point of the canvas, from −1 to 1, and where on it. */
  hit(x: number, y: number, objects: readonly Object3D[]) {
    this.#ray.setFromCamera(new Vector2(x, y), this.#camera);
    return this.#ray.intersectObjects([...objects], false);
  }

  /** Where a point of space is on the canvas, from −1 to 1. */
  project(point: Vector3): Vector3 {
    return point.clone().project(this.#camera);
  }

  dispose(): void {
    this.#isGone = true;
    this.#controls.dispose();
    this.#renderer.dispose();
  }
}
