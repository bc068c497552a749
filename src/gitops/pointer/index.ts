// The version pointer in a YAML file (Helm values, a ConfigMap, any manifest): reading and setting single scalars by
// selectors, byte-exactly and with the result confirmed. Pure: bytes in, bytes out. May import `src/errors`.

export { editScalars } from "./edit-scalars.ts";
export { readScalars } from "./read-scalars.ts";
export { parseSelector } from "./selector.ts";
