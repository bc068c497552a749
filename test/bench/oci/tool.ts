import type { ModelFiles } from "./model-files.ts";

/** One of those that are compared. Each method gives the milliseconds that it took, and throws when it failed. */
export interface Tool {
  readonly name: string;
  /** Pushes content that the registry does not have, as somebody who has never pushed it. */
  push(host: string, model: ModelFiles): Promise<number>;
  /** Pushes what it has just pushed. */
  again?(host: string): Promise<number>;
  /** Pulls what it has pushed into a directory that is empty. */
  pull?(host: string, target: string): Promise<number>;
}
