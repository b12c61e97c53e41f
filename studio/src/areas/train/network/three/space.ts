/** The network in space: a plane for each column, marks for what is selected. */
import type { Object3D } from "three";
import { type ColorTable, colorTable } from "../../../../parts/color-table.ts";
import type { Palette } from "../../../../parts/paint.ts";
import type { Values } from "../../../../worker/api.ts";
import type { Column } from "../columns.ts";
import { columnName } from "../describe.ts";
import type { Picture } from "../live.svelte.ts";
import type { Link } from "../network.svelte.ts";
import type { Scale } from "../settings.ts";
import { createFrame, createLabel, createLink, disposeMark } from "./marks.ts";
import {
  cornersOf,
  createPlane,
  disposePlane,
  middleOf,
  type Plane,
  paintPicture,
  paintPlane,
  tileUnder,
} from "./planes.ts";
import { Stage } from "./stage.ts";

/** Between planes. */
const BETWEEN = 1.35;

export interface Shown {
  readonly values: (column: Column) => Values | undefined;
  readonly picture: Picture | undefined;
  readonly scale: Scale;
  readonly shared: number;
}

export class Space {
  readonly stage: Stage;
  #planes: Plane[] = [];
  #labels: Object3D[] = [];
  #marks: Object3D[] = [];
  #palette: Palette | undefined;
  #table: ColorTable | undefined;

  /** @throws Error where there is no WebGL */
  constructor(canvas: HTMLCanvasElement) {
    this.stage = new Stage(canvas);
  }

  /** Builds the planes of a network. */
  build(columns: readonly Column[], input: readonly number[], pictureName: string, palette: Palette): void {
    this.#clear();
    this.#palette = palette;
    this.#table = colorTable(palette);
    this.#planes = [
      createPlane("input", input),
      ...columns.map((column) => createPlane(column.key, column.shown.output, column)),
    ];
    const length = (this.#planes.length - 1) * BETWEEN;
    for (const [i, plane] of this.#planes.entries()) {
      plane.mesh.position.x = i * BETWEEN - length / 2;
      plane.mesh.rotation.y = -Math.PI / 3.4;
      plane.mesh.updateMatrixWorld();
      this.stage.scene.add(plane.mesh);
      const label = createLabel(plane.column ? columnName(plane.column) : pictureName, palette);
      label.position.set(plane.mesh.position.x, plane.mesh.geometry.parameters.height / 2 + 0.25, 0);
      this.#labels.push(label);
      this.stage.scene.add(label);
    }
    this.stage.frame(length + 2);
  }

  /** Paints new values. */
  show({ values, picture, scale, shared }: Shown): void {
    for (const plane of this.#planes) {
      if (plane.column === undefined) {
        if (picture) paintPicture(plane, picture.bytes, picture.shape, this.#palette!);
        continue;
      }
      const found = values(plane.column);
      if (found) paintPlane(plane, found, { table: this.#table!, scale, shared });
    }
    this.stage.draw();
  }

  /** Marks the selected unit, and links the maps that it is computed from. */
  mark(column: Column | undefined, unit: number | undefined, links: readonly Link[]): void {
    for (const mark of this.#marks) {
      this.stage.scene.remove(mark);
      disposeMark(mark);
    }
    const target = this.#planes.find((plane) => plane.column !== undefined && plane.column.key === column?.key);
    this.#marks = target === undefined || unit === undefined ? [] : this.#marksOf(target, unit, links);
    if (this.#marks.length > 0) this.stage.scene.add(...this.#marks);
    this.stage.draw();
  }

  #marksOf(target: Plane, unit: number, links: readonly Link[]): Object3D[] {
    const end = middleOf(target, unit);
    const most = Math.max(...links.map(({ amount }) => Math.abs(amount)), Number.MIN_VALUE);
    const lines = links.flatMap(({ source, channel, amount }) => {
      const from = this.#planes.find(({ key, column }) => (column ? column.shown.path : key) === source);
      if (from === undefined || amount === 0) return [];
      return [createLink(middleOf(from, from.column ? channel : 0), end, amount / most, this.#palette!)];
    });
    return [...lines, createFrame(cornersOf(target, unit), this.#palette!)];
  }

  /** The column and the tile under a point of the canvas, from −1 to 1. */
  under(
    x: number,
    y: number,
  ):
    | { readonly column: Column; readonly tile: number; readonly at: [number, number]; readonly sheet: Plane["sheet"] }
    | undefined {
    const meshes = this.#planes.map(({ mesh }) => mesh);
    for (const { object, uv } of this.stage.hit(x, y, meshes)) {
      const plane = this.#planes.find(({ mesh }) => mesh === object)!;
      const found = uv && tileUnder(plane, uv);
      if (found && plane.column) return { column: plane.column, sheet: plane.sheet, ...found };
    }
    return undefined;
  }

  /** Where the middle of a unit is on the canvas, from −1 to 1. */
  placeOf(key: string, tile: number): { readonly x: number; readonly y: number } | undefined {
    const plane = this.#planes.find((one) => one.key === key);
    return plane && this.stage.project(middleOf(plane, tile));
  }

  #clear(): void {
    for (const plane of this.#planes) {
      this.stage.scene.remove(plane.mesh);
      disposePlane(plane);
    }
    for (const mark of [...this.#labels, ...this.#marks]) {
      this.stage.scene.remove(mark);
      disposeMark(mark);
    }
    [this.#planes, this.#labels, this.#marks] = [[], [], []];
  }

  dispose(): void {
    this.#clear();
    this.stage.dispose();
  }
}
