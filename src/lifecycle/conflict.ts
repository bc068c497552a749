/** Two places of a policy that do not fit together. */
export interface Conflict {
  /** The place to point at. */
  readonly path: readonly PropertyKey[];
  /** Continues the sentence that the path begins. */
  readonly text: string;
}
