// Bytes of large files, straight between the disk and a connection, in threads of their own: reused memory, nothing is
// copied between threads, and hashing happens while the bytes are at hand. What is asked and what answers mean is for
// others. May import `src/errors`, `src/content`, and `wire/`.

export type {
  FileBeginning,
  FilePart,
  FileTarget,
  ReceivedFile,
  TransferFailure,
  TransferOutcome,
  TransferTask,
} from "./messages.ts";
export { TransferPool } from "./transfer-pool.ts";
