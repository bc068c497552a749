import type { Moment, Releases } from "../../support/release-scene.ts";

/** One thing that a user or an attacker can get wrong, and what the command line must answer. */
export interface Row {
  readonly what: string;
  /** `deployed` when left out. */
  readonly at?: Moment;
  /** What is wrong, done in the row's own copy of the scene. */
  readonly prepare?: (work: string, releases: Releases) => Promise<unknown> | unknown;
  readonly args: (releases: Releases) => readonly string[];
  readonly code: string;
  readonly status: 2 | 3 | 4;
  /** What must be in the answer, such as the name of what is wrong. */
  readonly says?: RegExp;
  /** The verdict that is attached as evidence although the step fails; nothing else may change. */
  readonly evidence?: "fail" | "incomparable";
}
