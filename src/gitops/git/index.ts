// The system's git: reading a branch, its history, and writing to it by compare-and-set, through a bare repository of
// our own. Knows nothing of models. May import `src/errors` and `src/contract`'s secrets.

export type { CommitMessage } from "./message.ts";
export { Repository } from "./repository.ts";
export type { HistoryEntry, Snapshot } from "./snapshot.ts";
