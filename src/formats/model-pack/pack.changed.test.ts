import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openLayout, releaseFacts, releaseMetadata } from "../../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { SlipwayError } from "../../errors/index.ts";
import { explainUnreadableFile, listModelDirectory } from "../../sources/index.ts";
import { packFormC } from "./pack.ts";

const victim = "weights/b.safetensors";
/** Several buffers long, so that there is a middle of reading it. */
const size = 3 * 1024 * 1024;

/** Writes into the middle without changing the size. */
function overwrite(path: string): void {
  const file = openSync(path, "r+");
  writeSync(file, "changed", size / 2);
  closeSync(file);
}

function replace(path: string): void {
  writeFileSync(`${path}.new`, Buffer.alloc(size, "r"));
  renameSync(`${path}.new`, path);
}

const changes: [string, (path: string) => void][] = [
  ["grows", (path) => appendFileSync(path, "more")],
  ["shrinks", (path) => truncateSync(path, 100)],
  ["becomes empty", (path) => truncateSync(path, 0)],
  ["is written to, keeping its size", overwrite],
  ["is replaced", replace],
  ["disappears", (path) => rmSync(path)],
];

async function modelWithVictim() {
  const root = await temporaryDirectory();
  const model = root.at("model");
  await mkdir(dirname(join(model, victim)), { recursive: true });
  for (const path of ["a.json", victim, "z.json"])
    await writeFile(join(model, path), path === victim ? Buffer.alloc(size) : "{}");
  return { model, layout: root.at("store"), [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

/** Packs, changing the victim before the first byte or after the first buffer of it, and explains the failure. */
async function packWhile(
  at: { readonly model: string; readonly layout: string },
  change: (path: string) => void,
  when: "before" | "during",
): Promise<unknown> {
  const { files } = await listModelDirectory(at.model);
  const { store, pool } = await openLayout(at.layout);
  await using _ = pool;
  const path = join(at.model, victim);
  if (when === "before") change(path);
  let changed = when === "before";
  const onBytes = (bytes: number): void => {
    if (changed || bytes < 1024) return;
    changed = true;
    change(path);
  };
  const options = { files, metadata: releaseMetadata, facts: releaseFacts, store, pool, onBytes };
  const failure: unknown = await packFormC(options).catch((error: unknown) => error);
  expect(changed).toBe(true);
  return explainUnreadableFile(failure, files);
}

async function expectNothingAnnounced(layout: string): Promise<void> {
  const { store } = await openLayout(layout);
  expect(await store.tags()).toEqual([]);
  expect((await readdir(join(layout, ".slipway"))).filter((name) => name.startsWith("ingest"))).toEqual([]);
}

for (const when of ["before", "during"] as const) {
  test.each(changes)(`a file that %s ${when} it is packed is named, and no tag is made`, async (_, change) => {
    await using at = await modelWithVictim();
    const error = await packWhile(at, change, when);
    expect(error).toBeInstanceOf(SlipwayError);
    expect(error).toMatchObject({
      code: "MODEL_CHANGED",
      family: "temporary",
      message: expect.stringContaining(`"${victim}": it `),
    });
    await expectNothingAnnounced(at.layout);
  });
}

test.each([
  ["what it was", `${victim}.moved`],
  ["a directory", "weights"],
])("a link to %s that took the place of a file is not followed", async (_, target) => {
  await using at = await modelWithVictim();
  const replaceByLink = (path: string): void => {
    renameSync(path, `${path}.moved`);
    symlinkSync(join(at.model, target), path);
  };
  expect(await packWhile(at, replaceByLink, "before")).toMatchObject({ code: "MODEL_CHANGED" });
  await expectNothingAnnounced(at.layout);
});

test("a file that changed after the release was packed is told apart from the release", async () => {
  await using at = await modelWithVictim();
  const { files } = await listModelDirectory(at.model);
  const pack = async (): Promise<unknown> => {
    const { store, pool } = await openLayout(at.layout);
    await using _ = pool;
    return await packFormC({ files, metadata: releaseMetadata, facts: releaseFacts, store, pool, onBytes: () => {} });
  };
  const packed = await pack();
  overwrite(join(at.model, victim));
  // Its listing is old: what it says about the file no longer holds, so nothing is compared with the tag.
  await expect(pack()).rejects.toMatchObject({ kind: "changed" });
  const { store } = await openLayout(at.layout);
  expect(await store.tags()).toEqual(["1.0.0-jetson"]);
  expect(packed).toBeDefined();
});
