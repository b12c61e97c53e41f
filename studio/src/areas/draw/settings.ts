/** What the drawing board holds, as it stands in the address. */
import { type FieldsOf, numberField, settingsOf, textField, valuesIn, wordField } from "../../address/address.ts";

export interface DrawSettings {
  /** The drawing, as a text. */
  readonly drawing: string;
  /** The held-out picture that is shown instead; −1: none. */
  readonly picture: number;
  readonly center: "yes" | "no";
}

export const drawFields: FieldsOf<DrawSettings> = {
  drawing: textField(""),
  picture: numberField(-1, -1),
  center: wordField<"yes" | "no">("yes", "no"),
};

const names = Object.keys(drawFields);

export const drawSettingsIn = (settings: Readonly<Record<string, string>>): DrawSettings =>
  valuesIn(drawFields, settings);

/** All settings of an address, with some of the board's changed. */
export function changedDrawing(
  settings: Readonly<Record<string, string>>,
  changes: Partial<DrawSettings>,
): Record<string, string> {
  const others = Object.entries(settings).filter(([name]) => !names.includes(name));
  return {
    ...Object.fromEntries(others),
    ...settingsOf(drawFields, { ...drawSettingsIn(settings), ...changes }),
  };
}
