/** Longer names are cut inside messages. */
export const LONGEST_NAME = 80;

/** `text`, cut to a length with an ellipsis: for names from files in messages. */
export const shorten = (text: string, length = LONGEST_NAME): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
