import { SlipwayError } from "../../errors/index.ts";
import type { Pin } from "../../evidence/index.ts";
import type { Pointer } from "../../lifecycle/index.ts";
import type { HistoryEntry } from "../git/index.ts";
import { readPin, samePin } from "./pin.ts";

/** What a pointer named from one commit on. */
export interface Period {
  /** Undefined when it named nothing. */
  readonly pin: Pin | undefined;
  /** Why it cannot be read; `pin` is undefined then. */
  readonly unreadable: string | undefined;
  readonly commit: string;
  readonly since: Date;
  readonly author: string;
  readonly subject: string;
  readonly trailers: ReadonlyMap<string, string>;
}

/**
 * What a pointer named over time, newest first, read at each commit by its selectors. Commits that changed something
 * else in the file are folded into the period that they fall in.
 */
export function timelineOf(history: readonly HistoryEntry[], pointer: Pointer): readonly Period[] {
  const periods: Period[] = [];
  for (const entry of history.toReversed()) {
    const { commit, committedAt: since, author, subject, trailers } = entry;
    const read = readAt(entry, pointer);
    const before = periods.at(-1);
    if (before !== undefined && before.unreadable === read.unreadable && samePin(before.pin, read.pin)) continue;
    periods.push({ ...read, commit, since, author, subject, trailers });
  }
  return periods.toReversed();
}

function readAt({ content }: HistoryEntry, pointer: Pointer): Pick<Period, "pin" | "unreadable"> {
  try {
    return { pin: content === undefined ? undefined : readPin(content, pointer), unreadable: undefined };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { pin: undefined, unreadable: `${error.code} ${error.message}` };
  }
}
