/** What a step tells a person when it is done; every host renders it in its own way. */
export interface Summary {
  /** One line: what happened to what. */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly tables?: readonly Table[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Digests, references and paths: shown in a fixed-width face, never wrapped by a renderer. */
  readonly code?: boolean;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** How many further rows were left out to keep the summary readable. */
  readonly omitted?: number;
}

export interface Column {
  readonly name: string;
  readonly align?: "left" | "right";
  readonly code?: boolean;
}
