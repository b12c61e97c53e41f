/** Patterns of names, in which `*` stands for anything. */

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");

/** Whether whole names match a pattern: `*.bias` matches `0.bias` and `features.3.bias`. */
export function namePattern(pattern: string): (name: string) => boolean {
  const expression = new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "s");
  return (name) => expression.test(name);
}
