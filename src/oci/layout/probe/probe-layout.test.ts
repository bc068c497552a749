import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { layoutAt, layoutOptions, manifestOf, storeAt } from "../../../../test/support/layout.ts";
import { type Temporary, temporaryDirectory } from "../../../../test/support/temporary.ts";
import { ownerToken } from "../../../content/index.ts";
import { mediaType } from "../../media-types.ts";
import { probeLayout } from "./probe-layout.ts";

let root: Temporary;
beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(() => root[Symbol.asyncDispose]());

async function probe(directory: string, readOnly = false) {
  const { pool, signal } = layoutOptions();
  const findings = await probeLayout(layoutAt(directory), { pool, signal, readOnly, needed: 1 });
  return Object.fromEntries(findings.map(({ check, status }) => [check, status]));
}

const good = { layout: "ok", writable: "ok", lock: "ok", leavings: "ok", "free space": "ok" };

it("finds nothing wrong with a layout, and changes nothing that anybody reads", async () => {
  const store = await storeAt(root.at("store"));
  await store.announce(manifestOf("1.0.0"), mediaType.manifest, "1.0.0");
  const before = await readFile(root.at("store", "index.json"));
  expect(await probe(root.at("store"))).toEqual(good);
  expect(await readFile(root.at("store", "index.json"))).toEqual(before);
  expect((await readdir(root.at("store", ".slipway"))).filter((name) => /^(ingest|draft)/.test(name))).toEqual([]);
});

it("makes nothing where nothing is", async () => {
  const untried = { lock: "skipped", leavings: "skipped" };
  expect(await probe(root.at("not", "there"))).toEqual({ ...good, ...untried });
  expect(await readdir(root.at("."))).toEqual([]);
});

it("writes nothing into a directory that is no layout", async () => {
  await writeFile(root.at("letter.txt"), "");
  expect(await probe(root.at("."))).toMatchObject({ layout: "failed", lock: "skipped" });
  expect(await readdir(root.at("."))).toEqual(["letter.txt"]);
});

it("notices a damaged index", async () => {
  await storeAt(root.at("store"));
  await writeFile(root.at("store", "index.json"), "{");
  expect(await probe(root.at("store"))).toMatchObject({ layout: "failed", "free space": "ok" });
});

it("removes what killed processes left, and counts it only when nothing is to be written", async () => {
  await storeAt(root.at("store"));
  await mkdir(root.at("store", ".slipway"), { recursive: true });
  // A process of this machine that is over.
  const left = `ingest.${ownerToken().replace(/-\d+-\d+$/, "-4194303-1")}.00000000`;
  await writeFile(root.at("store", ".slipway", left), "half");
  expect(await probe(root.at("store"), true)).toEqual({ ...good, lock: "skipped", leavings: "warning" });
  expect(await probe(root.at("store"))).toEqual(good);
  expect(await readdir(root.at("store", ".slipway"))).not.toContain(left);
});
