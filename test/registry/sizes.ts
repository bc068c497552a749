const KiB = 1024;

/*
 * Units that registries publish their limits in: bytes, and milliseconds.
 */

export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;
export const minutes = 60_000;
