/** Why collected pictures cannot be trained on: one sentence that says what to do. */

interface ClassCount {
  readonly name: string;
  readonly count: number;
}

/** The first of these that holds is said. */
const problems: readonly ((classes: readonly ClassCount[]) => string | undefined)[] = [
  (classes) =>
    classes.every(({ count }) => count === 0)
      ? "There are no pictures yet: drop a folder, choose files, or use the camera."
      : undefined,
  ([first, ...others]) =>
    others.length === 0
      ? `All pictures are of one class, '${first.name}': a network learns to tell classes apart, so add a class, or put the ` +
        "pictures of each into a folder of its own."
      : undefined,
  (classes) => {
    const empty = classes.find(({ count }) => count === 0);
    return empty && `'${empty.name}' has no pictures: add some, or delete the class.`;
  },
  (classes) => {
    const single = classes.find(({ count }) => count === 1);
    return single && `'${single.name}' has one picture: a class needs two or more, one to learn from and one to test.`;
  },
];

export function problemOf(classes: readonly ClassCount[]): string | undefined {
  for (const problem of problems) {
    const said = problem(classes);
    if (said !== undefined) return said;
  }
  return undefined;
}
