import type { Measurement } from "../../scripts/bench/measurement.ts";
import { inRegistry } from "./signing/in-registry.ts";
import { keyless } from "./signing/keyless.ts";

/*
 * What signing and verifying take, and what cosign takes for the same in the same run: a release with a signature and 20
 * statements, all of them in both storages. Medians of 5 rounds.
 */

export async function run(): Promise<readonly Measurement[]> {
  return [
    ...(await inRegistry("crane with referrers", { verify: 85, sign: 48, attest: 105 })),
    ...(await inRegistry("crane", { verify: 87, sign: 64, attest: 113 })),
    ...(await inRegistry("distribution 3", { verify: 87, sign: 67, attest: 118 })),
    ...(await keyless()),
  ];
}
