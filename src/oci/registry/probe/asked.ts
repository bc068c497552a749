/** What came of one request of a probe: an answer, or the reason why there was none. */
export interface Asked {
  /** Undefined when there was no answer, or one of "later". */
  readonly status: number | undefined;
  /** By lower-case name; only those that probes look at. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a success; empty otherwise. */
  readonly body: Uint8Array;
  /** What the registry said when it refused, or why there was no answer; may be empty. */
  readonly words: string;
  /** What can be done when there was no answer. */
  readonly remedy: string | undefined;
}

/** True for an answer of success. */
export function succeeded({ status }: Pick<Asked, "status">): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** True when the registry, or its token server, says that this user may not. */
export function isDenied({ status }: Pick<Asked, "status">): boolean {
  return status === 401 || status === 403;
}

/** What happened, as part of a sentence: `answered 405 (UNSUPPORTED: …)`, or why there was no answer. */
export function outcomeOf({ status, words }: Pick<Asked, "status" | "words">): string {
  if (status === undefined) return `failed: ${words}`;
  return words === "" ? `was answered with ${status}` : `was answered with ${status} (${words})`;
}
