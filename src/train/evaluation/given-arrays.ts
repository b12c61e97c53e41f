/** Arrays that are given to a model: one, or one for each input by name. */
import { checkArray, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { typeNameOf } from "../../graph/index.ts";
import type { Model } from "../../nn/index.ts";
import type { Arrays } from "../tasks/index.ts";

const isRecord = (inputs: NdArray | Arrays): inputs is Arrays =>
  typeNameOf(inputs) === "Object" && Object.values(inputs).some((value) => value instanceof NdArray);

/**
 * The inputs by name; a single array is that of the only input.
 * @param where what is called, for messages
 * @throws OptionError for a single array where there are several inputs, and for values that are not arrays
 */
export function arraysByName(where: string, model: Model, inputs: NdArray | Arrays): Arrays {
  const names = Object.keys(model.inputs);
  if (!isRecord(inputs) && names.length > 1)
    throw new OptionError(
      `${where}: the model has the inputs ${names.join(", ")}; give a record of arrays, got ${describeGiven(inputs)}`,
    );
  const given = isRecord(inputs) ? inputs : { [names[0]]: inputs };
  for (const [name, array] of Object.entries(given)) checkArray(where, name, array);
  return given;
}
