import type { Pointer } from "../../../src/lifecycle/index.ts";

/** Eight pointers in two files, neighbours of each other. */
export const pointers: readonly Pointer[] = Array.from({ length: 8 }, (_, index) => ({
  name: `model-${index}`,
  variant: "default",
  file: index < 4 ? "a/values.yaml" : "b/values.yaml",
  document: undefined,
  fields: {
    version: `models.m${index}.version`,
    digest: `models.m${index}.digest`,
    uri: `models.m${index}.uri`,
  },
}));

/** The files that the pointers lie in, as somebody wrote them. */
export const pointerFiles: Readonly<Record<string, string>> = {
  "a/values.yaml": fileOf([0, 1, 2, 3]),
  "b/values.yaml": fileOf([4, 5, 6, 7]),
};

function fileOf(indices: readonly number[]): string {
  const models = indices.map((index) => `  m${index}:\n    version: ""\n    digest: ""  # checked\n    uri: ""\n`);
  return `# kept\nmodels:\n${models.join("")}other: {x: 1}\n`;
}
