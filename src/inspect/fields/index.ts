export {
  boxAround,
  connectedInputs,
  type EffectiveFieldOptions,
  effectiveField,
  type FieldOptions,
  type FoundField,
} from "./effective-field.ts";
export { type GraphFields, graphFields } from "./graph-fields.ts";
export {
  type Box,
  checkUnit,
  middleUnit,
  type ReceptiveFieldOptions,
  type ReceptiveFields,
  receptiveFields,
  type UnitField,
  type ValueFields,
} from "./receptive-fields.ts";
