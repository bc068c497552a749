import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestRegistry } from "../registry/index.ts";
import { attachedRows, bundleRows } from "./refusals/bundles.ts";
import { certificateRows } from "./refusals/certificates.ts";
import { envelopeRows, statementRows } from "./refusals/envelopes.ts";
import { legacyRows } from "./refusals/legacy.ts";
import { codeOf, Place } from "./refusals/place.ts";
import { ledgerRows, policyRows } from "./refusals/policies.ts";
import { promoteAll } from "./refusals/promoted.ts";
import { load, registryRows, repository } from "./refusals/registries.ts";
import type { Row } from "./refusals/row.ts";
import { keyRows, storeRows } from "./refusals/stores.ts";

/*
 * Whatever can be wrong with a release's evidence, and the code it ends in; once in each group it is right, so that
 * nothing is refused for another reason. The steps run in this process, so that their memory can be measured.
 */

let directory: string;
const places = new Map<string, Place>();
let count = 0;
/** Rows wait for files more than for anything else. */
const few = pLimit(4);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-refusals-"));
  const bare = await Place.build(join(directory, "bare"));
  places.set("bare", bare);
  for (const ledger of [false, true]) {
    const promoted = await bare.copyTo(join(directory, ledger ? "ledger" : "promoted"));
    await promoteAll(promoted, { ledger });
    places.set(ledger ? "in a ledger" : "promoted", promoted);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What is large, or becomes large in whoever reads it. */
const heavy = { statements: statementRows, bundles: bundleRows, "what is attached": attachedRows };
const light = {
  envelopes: envelopeRows,
  certificates: certificateRows,
  "the older storage": legacyRows,
  stores: storeRows,
  keys: keyRows,
  promoted: policyRows,
  "in a ledger": ledgerRows,
};
const named = (rows: readonly Row[]) => rows.map((row) => [row.what, row.code, row] as const);

async function verify(group: string, { make, step = "verify" }: Row): Promise<string> {
  const place = places.get(group) ?? places.get("bare");
  if (place === undefined) throw new Error("there is no place");
  count += 1;
  const own = await place.copyTo(join(directory, String(count)));
  const more = await make(own);
  const texts = { subject: own.reference(), ...(step === "verify" && { key: "../keys/builder.pub" }), ...more };
  const code = await codeOf(() => own.step(step, texts));
  await rm(own.directory, { recursive: true });
  return code;
}

/** The largest bundle that is read has 16 MiB, and becomes text and values before it is refused. */
const mostMemory = 400 * 1024 * 1024;
const longest = 10_000;

describe.each(Object.entries(heavy))("%s", (group, rows) => {
  it.each(named(rows))("%s: %s", { timeout: longest }, async (_, code, row) => {
    const before = process.memoryUsage().rss;
    expect(await verify(group, row)).toBe(code);
    expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
  });
});

describe("a registry with", () => {
  it.each(registryRows.map((row) => [row.what, row.code, row] as const))(
    "%s: %s",
    { timeout: longest },
    async (_, code, { options, make, unasked }) => {
      const place = places.get("bare");
      if (place === undefined) throw new Error("there is no place");
      await using registry = await TestRegistry.start(options);
      await load(registry, place);
      await make(registry, place);
      const before = process.memoryUsage().rss;
      const subject = `${registry.host}/${repository}:1.0.0-default@${place.release.digest}`;
      expect(await codeOf(() => place.step("verify", { subject, key: "../keys/builder.pub" }))).toBe(code);
      expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
      if (unasked !== undefined) expect(registry.requests.filter(({ path }) => unasked.test(path))).toEqual([]);
    },
  );
});

describe.each(Object.entries(light))("%s", (group, rows) => {
  it.concurrent.each(named(rows))("%s: %s", (_, code, row) =>
    few(async () => expect(await verify(group, row)).toBe(code)),
  );
});

it("has many rows, each of another cause", () => {
  const groups = [...Object.values(heavy), ...Object.values(light), registryRows];
  const rows = groups.flat();
  expect(rows.length).toBeGreaterThanOrEqual(190);
  for (const group of groups) expect(new Set(group.map(({ what }) => what)).size).toBe(group.length);
  expect(new Set(rows.map(({ code }) => code)).size).toBeGreaterThanOrEqual(40);
});
