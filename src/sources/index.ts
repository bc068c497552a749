// Where trained models come from: today a directory. Reads and checks, never writes.
// May import `src/errors`, `src/content` and the path rules of `src/release`.

export { listModelDirectory } from "./directory/list-directory.ts";
export { findModelCard } from "./directory/model-card.ts";
export { explainUnreadableFile } from "./explain.ts";
