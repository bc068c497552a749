import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachedRows, bundleRows } from "./refusals/bundles.ts";
import { certificateRows } from "./refusals/certificates.ts";
import { envelopeRows, statementRows } from "./refusals/envelopes.ts";
import { legacyRows } from "./refusals/legacy.ts";
import { codeOf, Place } from "./refusals/place.ts";
import { ledgerRows, policyRows } from "./refusals/policies.ts";
import { promoteAll } from "./refusals/promoted.ts";
import type { Row } from "./refusals/row.ts";
import { keyRows, storeRows } from "./refusals/stores.ts";

/*
 * Whatever can be wrong with what is attached to a release, and the code it ends in; once in each group it is right, so
 * that nothing is refused for another reason. The steps run in this process, so that their memory can be measured.
 */

let directory: string;
const places = new Map<string, Place>();
let count = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-refusals-"));
  await mkdir(join(directory, "0"));
  const bare = await Place.build(join(directory, "0"));
  places.set("bare", bare);
  for (const ledger of [false, true]) {
    const promoted = await bare.copyTo(join(directory, `promoted-${ledger}`));
    await promoteAll(promoted, { ledger });
    places.set(ledger ? "in a ledger" : "promoted", promoted);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const groups: Readonly<Record<string, readonly Row[]>> = {
  envelopes: envelopeRows,
  statements: statementRows,
  bundles: bundleRows,
  "what is attached": attachedRows,
  certificates: certificateRows,
  "the older storage": legacyRows,
  stores: storeRows,
  keys: keyRows,
  promoted: policyRows,
  "in a ledger": ledgerRows,
};

/** More than the largest that is read, several times over; a quarter of what is refused unread. */
const mostMemory = 400 * 1024 * 1024;

describe.each(Object.entries(groups))("%s", (group, rows) => {
  it.each(rows.map((row) => [row.what, row.code, row] as const))(
    "%s: %s",
    async (_what, code, { make, step = "verify" }) => {
      count += 1;
      const own = await (places.get(group) ?? places.get("bare"))?.copyTo(join(directory, String(count)));
      if (own === undefined) throw new Error("there is no place");
      const more = await make(own);
      const texts = { subject: own.reference(), ...(step === "verify" && { key: "builder.pub" }), ...more };
      const before = process.memoryUsage().rss;
      const started = performance.now();
      expect(await codeOf(() => own.step(step, texts))).toBe(code);
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
      await rm(own.directory, { recursive: true });
    },
  );
});

it("has a row for each of many codes", () => {
  const rows = Object.values(groups).flat();
  expect(rows.length).toBeGreaterThanOrEqual(60);
});
