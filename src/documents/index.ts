// Documents that people write, read strictly: YAML with the place of every value, schemas whose problems read as
// sentences, and those schemas as JSON Schema. Knows no document in particular. Pure; imports nothing of `src/`.

export { line, place, quantity, sentence, shape, textLike, uniqueList } from "./field-types.ts";
export { publishedSchema } from "./json-schema.ts";
export { type DocumentProblem, parseDocument, readDocument } from "./read-document.ts";
export { schemaProblems, showPath } from "./schema-problems.ts";
export { type Spot, spotOf } from "./spot.ts";
export { parseStrictJson } from "./strict-json.ts";
