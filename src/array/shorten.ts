/** Longer names are truncated in messages. */
export const LONGEST_NAME = 80;

/** `text`, truncated to a length with an ellipsis: for names from files in messages. */
export const shorten = (text: string, length = LONGEST_NAME): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
