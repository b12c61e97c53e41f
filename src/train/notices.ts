/** Remarks on what is not wrong but may surprise, each made once. */

/** What a notice is about. */
export type NoticeKind =
  | "classesLeftOut"
  | "emptyClass"
  | "heldOut"
  | "lastBatch"
  | "lossGrows"
  | "repeatedSoftmax"
  | "unscaledInputs";

/** Told each notice, a sentence for people: what was found, and what to change if it was not meant. */
export type OnNotice = (message: string, kind: NoticeKind) => void;

/** Where notices go by default: a line on the console. */
export const warn: OnNotice = (message) => console.warn(`fovea: ${message}`);
