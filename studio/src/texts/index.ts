/** The words of the page. A language is a folder like `en`; `texts` are those of the page's language. */
import { en } from "./en/index.ts";

export type Texts = typeof en;

export const texts: Texts = en;
