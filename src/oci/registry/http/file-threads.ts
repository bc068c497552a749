import { ContentError } from "../../../content/index.ts";
import type { FileBeginning, TransferPool } from "../transfer/index.ts";

/** What the threads that move files do besides moving them. */
export interface FileThreads {
  /**
   * Hashes what lies in a file that is being received, from where it was hashed before.
   *
   * @returns the hash of the whole, in lower-case hexadecimal, once all of it was hashed
   * @throws ContentError when the file cannot be read; the signal's reason
   */
  hashReceived(beginning: FileBeginning, signal: AbortSignal): Promise<string | undefined>;
  /** Hears that a large file will probably be moved, so that a thread is there when it is. */
  expect(): void;
}

export function threadsOf(transfers: TransferPool): FileThreads {
  return {
    async hashReceived(beginning, signal) {
      const { received, failure } = await transfers.run({ kind: "hash", beginning }, () => {}, signal);
      if (failure === undefined) return received?.sha256;
      const { path, size } = beginning;
      const message = "message" in failure ? failure.message : failure.kind;
      throw new ContentError("unreadable", message, { source: path, size, target: path });
    },
    expect: () => transfers.expect(),
  };
}
