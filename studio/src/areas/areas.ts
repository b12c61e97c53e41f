/** The areas of the studio, in the order of the bar. Each is loaded when it is first opened. */
import type { Component } from "svelte";
import { texts } from "../texts/index.ts";

interface Area {
  readonly name: string;
  readonly title: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

export const areas: readonly Area[] = [
  { name: "start", title: texts.areas.start, load: () => import("./start/Start.svelte") },
  { name: "train", title: texts.areas.train, load: () => import("./train/Train.svelte") },
  { name: "draw", title: texts.areas.draw, load: () => import("./draw/Draw.svelte") },
  { name: "look", title: texts.areas.look, load: () => import("./look/Look.svelte") },
  { name: "steps", title: texts.areas.steps, load: () => import("./steps/Steps.svelte") },
  { name: "runs", title: texts.areas.runs, load: () => import("./runs/Runs.svelte") },
  { name: "take", title: texts.areas.take, load: () => import("./take/Take.svelte") },
];

export const areaCalled = (name: string): Area => areas.find((area) => area.name === name) ?? areas[0];
