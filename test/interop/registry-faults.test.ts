/*
 * Each fault on each kind of registry, some 2 500 transfers; `npm test` has those on the kinds that differ most.
 */

process.env["SLIPWAY_FAULTS"] = "all";
await import("../integration/oci/push-faults.test.ts");
await import("../integration/oci/pull-faults.test.ts");
await import("../integration/oci/referrer-faults.test.ts");

export {};
