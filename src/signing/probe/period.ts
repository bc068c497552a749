const day = 24 * 3_600_000;
/** Whoever has less left has to be replaced now, so that nothing stands still meanwhile. */
const soonDays = 30;

/** From when until when something holds; undefined means without limit, and the end is the first moment too late. */
export interface Period {
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

/** Where a moment lies; `soon` is within, and close to the end. */
export type Standing = "early" | "within" | "soon" | "over";

/** Where a moment lies in a period; the last 30 days are its end. */
export function standing({ from, until }: Period, at: Date): Standing {
  if (from !== undefined && !(at >= from)) return "early";
  if (until === undefined) return "within";
  if (!(at < until)) return "over";
  return until.getTime() - at.getTime() < soonDays * day ? "soon" : "within";
}

/** The day of a time, for people: `2026-07-01`. */
export function dayOf(time: Date): string {
  return Number.isNaN(time.getTime()) ? "no day" : time.toISOString().slice(0, 10);
}
