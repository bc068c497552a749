/** All tags that probes make start with it; `_` never occurs in a version, so no release has such a tag. */
export const probeTagPrefix = "slipway-doctor_probe-";

/** A probe takes seconds. */
const abandonedAfterMs = 10 * 60_000;

/** The tag of one run. @param run sets it apart from others of the same second */
export function probeTag(created: Date, run: string): string {
  return `${probeTagPrefix}${Math.floor(created.getTime() / 1000)}-${run}`;
}

/** Those tags of probes whose run is long over. */
export function abandonedTags(tags: readonly string[], now: Date): readonly string[] {
  return tags.filter((tag) => {
    const made = new RegExp(`^${probeTagPrefix}(\\d{9,11})-[0-9a-f]+$`).exec(tag)?.[1];
    return made !== undefined && now.getTime() - Number(made) * 1000 > abandonedAfterMs;
  });
}
