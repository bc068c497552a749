import { readdir } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { announceSample, storeAt } from "../../../test/support/layout.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { inParallel } from "../../content/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import { checkLayout } from "./check-layout.ts";
import type { LayoutStore } from "./layout-store.ts";

const layouts = 20;
const trials = 10;

/*
 * Two stores on one directory announce at once, from random moments on: their own tag, and one that they share, now
 * with the same content, now with other content, of which exactly one may win.
 */
test(`${layouts * trials} interleavings lose no tag, and overwrite none`, { timeout: 60_000 }, async () => {
  await using root = await temporaryDirectory();
  // Several at once, so that they do not wait for the disk one after the other.
  await inParallel(
    Array.from({ length: layouts }, (_, layout) => root.at(`store-${layout}`)),
    5,
    announceInto,
    async () => {},
  );
});

async function announceInto(directory: string): Promise<void> {
  const stores = await Promise.all([storeAt(directory), storeAt(directory)]);
  for (let trial = 0; trial < trials; trial += 1) {
    const outcomes = await Promise.all(stores.map((store, side) => announceAll(store, side, trial)));
    const tags = new Map(await tagsOf(directory));
    const holds = tags.get(`shared-${trial}`);
    expect(outcomes.map(({ shared }) => shared).filter((digest) => digest !== undefined)).toEqual(
      isContested(trial) ? [holds] : [holds, holds],
    );
    for (const [side, { own }] of outcomes.entries()) expect(tags.get(`own-${trial}-${side}`)).toBe(own);
  }
  const store = await storeAt(directory);
  expect(await store.list()).toHaveLength(trials * 3);
  await checkLayout(store);
  expect(await readdir(`${directory}/.slipway`)).toHaveLength(2);
}

async function announceAll(store: LayoutStore, side: number, trial: number) {
  const found: { own?: string; shared?: string | undefined } = {};
  const deeds = [
    async () => {
      found.own = (await announceSample(store, `own-${trial}-${side}`)).digest;
    },
    async () => {
      found.shared = await contest(store, `shared-${trial}`, isContested(trial) ? String(side) : "same");
    },
  ];
  for (const deed of deeds.sort(() => Math.random() - 0.5)) {
    for (let turns = Math.random() * 30; turns > 0; turns -= 1) await nextTurn();
    await deed();
  }
  return found;
}

function isContested(trial: number): boolean {
  return trial % 2 === 0;
}

async function contest(store: LayoutStore, tag: string, note: string): Promise<string | undefined> {
  try {
    return (await announceSample(store, tag, { note })).digest;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "IMMUTABLE_CONFLICT") return undefined;
    throw error;
  }
}

async function tagsOf(directory: string): Promise<[string | undefined, string][]> {
  return (await (await storeAt(directory)).list()).map(({ tag, descriptor }) => [tag, descriptor.digest]);
}
