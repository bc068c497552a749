import type { FileIdentity } from "../../../content/index.ts";
import type { HeldAnswer } from "../wire/index.ts";

/** An HTTP request as a thread gets it. */
export interface TransferRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long the answer may take once everything was sent, in milliseconds. */
  readonly patience: number;
  /** How long a connection may stand still, in milliseconds. */
  readonly silence: number;
}

/** What a thread knows from its start. */
export interface ThreadData {
  /** Certificates in PEM that are trusted beside Node's own. */
  readonly authorities: readonly string[];
}

/** The part of a file that is a request's body. */
export interface FilePart {
  readonly path: string;
  /** What the file was when it was listed; it must be the same before and after. */
  readonly identity: FileIdentity;
  /** First byte. */
  readonly from: number;
  /** First byte that is not sent any more. */
  readonly to: number;
  /** Whether the file is hashed while it is sent; parts of it have to come in order then. */
  readonly hashed?: boolean;
}

/** The file that an answer's body goes to; it is there. */
export interface FileTarget {
  readonly path: string;
  /** Where the body belongs. */
  readonly from: number;
  /** First byte that is not wanted any more. */
  readonly until: number;
  /** Bytes of the whole. */
  readonly size: number;
  /** Whether everything up to where it ends is hashed; then the file holds what is before `from`. */
  readonly hashed: boolean;
  /** Whether an answer with more than was asked for is not taken, such as the whole. */
  readonly exactly: boolean;
}

/** A file that is to be hashed as far as it is there. */
export interface FileBeginning {
  readonly path: string;
  /** First byte that is not hashed. */
  readonly to: number;
  /** Bytes of the whole. */
  readonly size: number;
}

/** What a request asks for, for a thread. */
export type TransferTask =
  | { readonly kind: "send"; readonly request: TransferRequest; readonly part: FilePart }
  | { readonly kind: "receive"; readonly request: TransferRequest; readonly target: FileTarget }
  | { readonly kind: "hash"; readonly beginning: FileBeginning };

/** What of a file came, from `from` on. */
export interface ReceivedFile {
  readonly bytes: number;
  /** Of the whole file, in lower-case hexadecimal, once all of it is there. */
  readonly sha256: string | undefined;
}

/**
 * Why a transfer ended without an answer.
 * - `broken`: the connection, with the system's code
 * - `source`: the file that was sent changed or could not be read
 * - `target`: the file that was received could not be written
 * - `unfit`: an answer that this cannot receive; asking in another way may
 */
export type TransferFailure =
  | { readonly kind: "broken"; readonly code: string; readonly message: string }
  | { readonly kind: "source"; readonly why: "changed" | "unreadable"; readonly message: string }
  | { readonly kind: "target"; readonly why: "no-space" | "unwritable"; readonly message: string }
  | { readonly kind: "unfit" };

export interface TransferOutcome {
  /** Without its body where that went to a file. */
  readonly answer?: HeldAnswer | undefined;
  readonly received?: ReceivedFile | undefined;
  /** Of the whole file that was sent, in lower-case hexadecimal, once its last part was. */
  readonly sha256?: string | undefined;
  readonly failure?: TransferFailure | undefined;
}

/** To a thread. */
export type TransferOrder =
  | { readonly id: number; readonly task: TransferTask }
  | { readonly id: number; readonly abandon: true };

/** From a thread. */
export type TransferMessage =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly outcome: TransferOutcome }
  | { readonly id: number; readonly thrown: unknown };
