/** The bar above all views. */
export const frame = {
  areas: "Areas",
  skip: "Skip to the content",
  copy: "Copy link to this state",
  copied: "Copied",
  theme: "Light or dark",
  threads: (used: number) => (used === 1 ? "1 thread" : `${used} threads`),
  notIsolated: "This page may not share memory between threads: its host does not send the headers for that.",
  allThreads: (available: number) => `This machine offers ${available}.`,
};
