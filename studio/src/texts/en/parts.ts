/** What is said in parts that several views use. */
export const parts = {
  scale: { label: "Scale of the colors", map: "per map", layer: "per layer", shared: "shared" },
  legend: (least: string, most: string) => `Colors from ${least} to ${most}`,
  save: {
    label: (name: string) => `Save ${name}`,
    short: "Save",
    PNG: "Picture (PNG)",
    SVG: "Drawing (SVG)",
    CSV: "Numbers (CSV)",
  },
};
