/** What the areas Look and Take away ask of the worker. All looks are at the network of one moment, held still meanwhile. */
import type { AttributionMethod } from "fovea/inspect";
import type { Inside, Moment, Pictures, Values } from "../api.ts";

/** How much of a piece of work is done, from 0 to 1. */
export type Share = number;

/** A part of the input: first and last row and column. */
export interface PatchBox {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** One of the pictures that excite a unit most. */
export interface TopPicture {
  readonly value: number;
  /** The number of the picture among the training pictures. */
  readonly sample: number;
  /** Where in the unit's map; [] without maps. */
  readonly position: readonly number[];
  /** What the unit sees there. */
  readonly box: PatchBox;
  /** Its place in `pictures`. */
  readonly picture: number;
}

/** The pictures that excite units of a layer most, so far. */
export interface TopPictures {
  /** For each unit that was asked for, the strongest first. */
  readonly units: readonly (readonly TopPicture[])[];
  readonly pictures: Pictures;
  /** How many pictures have been looked through. */
  readonly searched: number;
}

/** How a unit answers to held-out pictures, over all places of its map. */
export interface Activity {
  readonly samples: number;
  readonly range: readonly [low: number, high: number];
  readonly counts: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** The share of answers that are 0. */
  readonly zeros: number;
  /** For each class, the mean of the largest answer in each picture's map. NaN for a class without pictures. */
  readonly byClass: readonly number[];
}

/** A unit's answer to one picture, and where that comes from. */
export interface OnPicture {
  /** Its map [height, width]; one number for a unit without a map. */
  readonly map: Values;
  /** The strongest place in the map. */
  readonly position: readonly number[];
  readonly value: number;
  /** The pixels that the answer there is computed from. */
  readonly box: PatchBox;
  /** |∂u/∂x| there, summed over the channels of the picture, [height, width]. */
  readonly field: Values;
}

/** What gradient ascent has come to. */
export interface Climbed {
  readonly step: number;
  /** One input in the units of pictures, 0 to 1: [channels, height, width]. */
  readonly picture: Values;
  /** The unit's answer to it: the mean over its map. */
  readonly score: number;
  readonly probabilities: Float32Array;
}

/** Looks at layers and units. */
export interface UnitPageCalls {
  /** Takes the weights of the present moment for the looks that follow. */
  holdStill(): Promise<Moment>;
  /** Ends long work; what waits for it fails with an error called `Stopped`. */
  stopLooking(): Promise<void>;
  /** The weights of a layer, by name; empty for layers without. */
  stillParameters(path: string): Promise<Readonly<Record<string, Values>>>;
  /** The output of each layer for one picture, by path, and the answer. */
  stillLook(picture: Uint8Array): Promise<Pick<Inside, "values" | "probabilities">>;
  /** The training pictures that excite units most: `count` for each. Calls back with what is found so far, if that is new. */
  topPictures(
    path: string,
    units: readonly number[],
    count: number,
    onPart: (part: TopPictures | undefined, share: Share) => unknown,
  ): Promise<TopPictures>;
  activity(path: string, unit: number): Promise<Activity>;
  /** @param picture bytes [channels, height, width] */
  unitOnPicture(path: string, unit: number, picture: Uint8Array): Promise<OnPicture>;
  /** What the deconvnet finds in the picture for the strongest place of the unit's map, in the shape of the input. */
  deconvnet(path: string, unit: number, picture: Uint8Array): Promise<Values>;
  /** The input that excites a unit most. Calls back with the picture between steps. */
  ascend(path: string, unit: number, steps: number, onPart: (part: Climbed, share: Share) => unknown): Promise<Climbed>;
}

/** Whose weights: the run's, or random ones. */
export type Weights = "trained" | "random";

/** What one method says about one picture. */
export interface MethodMap {
  readonly method: AttributionMethod;
  readonly weights: Weights;
  /** [height, width]: the sum over channels. */
  readonly map: Values;
  /** The class that is explained, and its score. */
  readonly index: number;
  readonly target: number;
  /** What is missing to the sum that the map should have; of methods that have one. */
  readonly gap: number | undefined;
  readonly milliseconds: number;
}

/** A method, and why this network does not suit it. */
export interface MethodFit {
  readonly method: AttributionMethod;
  readonly problem: string | undefined;
}

export interface AttributionCalls {
  attributionFits(): Promise<readonly MethodFit[]>;
  /** Asks methods about a class (−1: the likeliest) of one picture, one after the other; calls back with each answer. */
  attributions(
    picture: Uint8Array,
    options: { readonly methods: readonly AttributionMethod[]; readonly index: number; readonly withRandom: boolean },
    onPart: (part: MethodMap, share: Share) => unknown,
  ): Promise<void>;
  /** One answer, as fast as it comes, for the camera. */
  attributeFrame(
    picture: Uint8Array,
    method: AttributionMethod,
    index: number,
  ): Promise<{ readonly found: MethodMap; readonly probabilities: Float32Array }>;
}

/** Which pictures: held out, or trained on. */
export type Part = "heldOut" | "train";

export type Projection = "pca" | "tsne" | "umap";

/** The pictures of a space, as the network of one moment sees them. */
export interface SpaceFrame {
  /** The number of the frame. */
  readonly frame: number;
  readonly moment: Moment;
  /** [n, 2] */
  readonly positions: Values;
  readonly answers: Int32Array;
  /** What `positions` are: those asked for, or principal components until they are there. */
  readonly projection: Projection;
  /** The shares of the variance along both axes, of principal components. */
  readonly shares: readonly number[] | undefined;
  readonly isFinal: boolean;
}

export interface SpaceCalls {
  /** The first pictures of a part. */
  partPictures(part: Part, count: number): Promise<Pictures>;
  /** Features of a layer, brought to a plane; of the present moment, or at each moment that was kept, aligned to the one before. */
  space(
    path: string,
    options: {
      readonly part: Part;
      readonly count: number;
      readonly projection: Projection;
      readonly moments: readonly Moment[] | "present";
    },
    onPart: (part: SpaceFrame, share: Share) => unknown,
  ): Promise<void>;
}

/** The areas' calls together. */
export type LookingCalls = UnitPageCalls & AttributionCalls & SpaceCalls;

/** What the area Take away asks for besides the model file. */
export interface TakeCalls {
  onnxBytes(): Promise<Uint8Array>;
  /** The network for Graphviz. */
  networkDot(): Promise<string>;
}
