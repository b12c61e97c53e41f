/** What the area keeps in the address besides the recipe. */
import type { AttributionMethod } from "fovea/inspect";
import { type FieldsOf, numberField, settingsOf, textField, valuesIn, wordField } from "../../address/address.ts";
import type { Part, Projection } from "../../worker/api/look.ts";

export interface LookSettings {
  /** Which of the held-out pictures. */
  readonly picture: number;
  /** The class that is explained; −1: the likeliest. */
  readonly of: number;
  /** Methods of attribution, in their order; empty: all. */
  readonly methods: readonly AttributionMethod[];
  readonly maps: "over" | "beside";
  readonly random: "shown" | "hidden";
  /** The layer of the space; empty: the last hidden one. */
  readonly space: string;
  readonly projection: Projection;
  readonly part: Part;
  readonly points: number;
  readonly marks: "pictures" | "dots";
  readonly colors: "class" | "answer";
  readonly steps: number;
}

const methodsField = {
  fallback: [] as readonly AttributionMethod[],
  read: (text: string) => text.split(".").filter((word) => word !== "") as AttributionMethod[],
  write: (methods: readonly AttributionMethod[]) => methods.join("."),
};

export const lookFields: FieldsOf<LookSettings> = {
  picture: numberField(0, 0),
  of: numberField(-1, -1),
  methods: methodsField,
  maps: wordField<LookSettings["maps"]>("over", "beside"),
  random: wordField<LookSettings["random"]>("shown", "hidden"),
  space: textField(""),
  projection: wordField<Projection>("pca", "tsne", "umap"),
  part: wordField<Part>("heldOut", "train"),
  points: numberField(1000, 10, 2000),
  marks: wordField<LookSettings["marks"]>("pictures", "dots"),
  colors: wordField<LookSettings["colors"]>("class", "answer"),
  steps: numberField(256, 1, 4096),
};

export const lookIn = (settings: Readonly<Record<string, string>>): LookSettings => valuesIn(lookFields, settings);

/** The settings of the address with some of these changed. */
export function withLook(
  settings: Readonly<Record<string, string>>,
  changes: Partial<LookSettings>,
): Record<string, string> {
  const others = Object.entries(settings).filter(([name]) => !Object.hasOwn(lookFields, name));
  const values = { ...lookIn(settings), ...changes };
  // Lists are equal if they read the same.
  const written = settingsOf(lookFields, values);
  return { ...Object.fromEntries(others), ...(values.methods.length === 0 ? omit(written, "methods") : written) };
}

const omit = (record: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
