import { lutimes, mkdir, readdir, symlink, utimes, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { startFile } from "../../test/support/child.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { ownerToken } from "./owner.ts";
import { stagingName, sweepStaging } from "./staging.ts";

const hour = 3600;
const [place, pid, start] = ownerToken().split("-");
const dead = `${place}-${pid}-${Number(start) + 1}`;
const elsewhere = `0123456789ab-${pid}-${start}`;

test("names are never the same", () => {
  const names = new Set(Array.from({ length: 1000 }, () => stagingName("x")));
  expect(names.size).toBe(1000);
});

test("what a killed process left is removed, whatever it is; what a living one writes stays", {
  timeout: 10_000,
}, async () => {
  await using root = await temporaryDirectory();
  await using child = startFile(new URL("./fixtures/owner-process.ts", import.meta.url), [root.path, "ingest"]);
  await child.line();
  const own = stagingName("ingest");
  await writeFile(root.at(own), "");
  expect(await sweepStaging(root.path, "ingest")).toBe(0);
  expect(await readdir(root.path)).toHaveLength(3);
  child.process.kill("SIGKILL");
  await child.ended;
  expect(await sweepStaging(root.path, "ingest")).toBe(2);
  expect(await readdir(root.path)).toEqual([own]);
});

test("what is named otherwise stays, however old and however near", async () => {
  await using root = await temporaryDirectory();
  const names = [
    "ingest",
    "ingest.",
    "ingest.backup",
    "ingest.notes.0123abcd",
    `ingest.${dead}`,
    `ingest.${dead}.`,
    `ingest.${dead}.0123abc`,
    `ingest.${dead}.0123ABCD`,
    `ingest.${dead}.0123abcd.gz`,
    `ingest.${dead}.more.0123abcd`,
    `ingest-${dead}.0123abcd`,
    `other.${dead}.0123abcd`,
    `ingest.x.${dead}.0123abcd`,
    `.ingest.${dead}.0123abcd`,
  ];
  for (const name of names) await makeOld(root, name, 1000 * hour);
  expect(await sweepStaging(root.path, "ingest")).toBe(0);
  expect((await readdir(root.path)).sort()).toEqual(names.sort());
});

test("what another machine or container left is removed when nobody touched it for a day", async () => {
  await using root = await temporaryDirectory();
  await makeOld(root, `ingest.${elsewhere}.00000001`, 25 * hour);
  await makeOld(root, `ingest.${elsewhere}.00000002`, 23 * hour);
  expect(await sweepStaging(root.path, "ingest")).toBe(1);
  expect(await readdir(root.path)).toEqual([`ingest.${elsewhere}.00000002`]);
});

test("a link is removed, not what it leads to, and its own age counts", async () => {
  await using root = await temporaryDirectory();
  await mkdir(root.at("precious"));
  await makeOld(root, "precious/file", 48 * hour);
  await symlink(root.at("precious"), root.at(`ingest.${dead}.00000001`));
  await symlink(root.at("precious"), root.at(`ingest.${elsewhere}.00000002`));
  await symlink(root.at("precious"), root.at(`ingest.${elsewhere}.00000003`));
  await lutimes(root.at(`ingest.${elsewhere}.00000003`), 1, 1);
  expect(await sweepStaging(root.path, "ingest")).toBe(2);
  expect((await readdir(root.path)).sort()).toEqual([`ingest.${elsewhere}.00000002`, "precious"]);
  expect(await readdir(root.at("precious"))).toEqual(["file"]);
});

test("a directory that does not exist, or is a file, holds nothing", async () => {
  await using root = await temporaryDirectory();
  await writeFile(root.at("file"), "");
  expect(await sweepStaging(root.at("none"), "ingest")).toBe(0);
  expect(await sweepStaging(root.at("file"), "ingest")).toBe(0);
});

test("several sweeps at once do not disturb each other", async () => {
  await using root = await temporaryDirectory();
  for (let index = 0; index < 20; index += 1) {
    const staging = root.at(`ingest.${dead}.${String(index).padStart(8, "0")}`);
    await mkdir(`${staging}/a/b`, { recursive: true });
    for (let file = 0; file < 5; file += 1) await writeFile(`${staging}/a/b/${file}`, "");
  }
  await Promise.all(Array.from({ length: 6 }, () => sweepStaging(root.path, "ingest")));
  expect(await readdir(root.path)).toEqual([]);
});

async function makeOld(root: Temporary, name: string, age: number): Promise<void> {
  const time = Date.now() / 1000 - age;
  await writeFile(root.at(name), "");
  await utimes(root.at(name), time, time);
}
