/** Notices: warnings about what is allowed but may surprise, each given once. */

/** The subject of a notice. */
export type NoticeKind =
  | "classesLeftOut"
  | "emptyClass"
  | "heldOut"
  | "lastBatch"
  | "lossGrows"
  | "repeatedSoftmax"
  | "unscaledInputs";

/** Called with each notice: what was found, and what to change if it was not intended. */
export type OnNotice = (message: string, kind: NoticeKind) => void;

/** Where notices go by default: a line on the console. */
export const warn: OnNotice = (message) => console.warn(`fovea: ${message}`);
