import type { Place } from "./place.ts";

/** One thing that is wrong, and the code it must end in: that of the only candidate, or of the step. */
export interface Row {
  readonly what: string;
  /** `accepted` for the good one that the others of a group differ from. */
  readonly code: string;
  /** Makes it wrong in a place of its own; gives the inputs that differ from the usual ones. */
  readonly make: (place: Place) => Promise<Readonly<Record<string, string>> | undefined>;
  /** `verify` unless told. */
  readonly step?: string;
}

/** A row that needs no other inputs. */
export function row(what: string, code: string, make: (place: Place) => Promise<unknown>): Row {
  return {
    what,
    code,
    async make(place) {
      await make(place);
      return undefined;
    },
  };
}
