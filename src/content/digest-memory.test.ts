import { chmod, link, lstat, mkdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { identityOf } from "./content-task.ts";
import { cacheDirectory, DigestMemory } from "./digest-memory.ts";

const digest = "a".repeat(64);
let root: Temporary;
let file: string;
const later = () => Date.now() + 3000;
const identity = async (path = file) => identityOf(await lstat(path, { bigint: true }));

beforeEach(async () => {
  root = await temporaryDirectory();
  file = root.at("model.bin");
  await writeFile(file, "some bytes");
});
afterEach(() => root[Symbol.asyncDispose]());

async function remembered(): Promise<void> {
  const memory = await DigestMemory.open(root.at("cache"));
  memory.remember(await identity(), digest, later());
  await memory.save();
}
const recalled = async (path = file) => (await DigestMemory.open(root.at("cache"))).recall(path, await identity(path));

describe("a memory of digests", () => {
  it("knows a file again, in another process, and nothing else", async () => {
    await remembered();
    expect(await recalled()).toBe(digest);
    await writeFile(root.at("other.bin"), "some bytes");
    expect(await recalled(root.at("other.bin"))).toBeUndefined();
  });

  it.each<[string, () => Promise<unknown>]>([
    ["was written to", () => writeFile(file, "other size")],
    [
      "was written to, and its time set back",
      async () => {
        const { atime, mtime } = await lstat(file);
        await writeFile(file, "same bytes");
        await utimes(file, atime, mtime);
      },
    ],
    [
      "was replaced",
      async () => {
        await rm(file);
        await writeFile(file, "some bytes");
      },
    ],
    ["got another name beside its own", () => link(file, root.at("hard"))],
    [
      "became a link",
      async () => {
        await rm(file);
        await writeFile(root.at("there"), "some bytes");
        await symlink(root.at("there"), file);
      },
    ],
    ["is gone", () => rm(file)],
  ])("does not know a file that %s", async (_, change) => {
    const before = await identity();
    await remembered();
    await change();
    expect(await (await DigestMemory.open(root.at("cache"))).recall(file, before)).toBeUndefined();
  });

  it("does not keep what may still be changing", async () => {
    const memory = await DigestMemory.open(root.at("cache"));
    memory.remember(await identity(), digest, Date.now());
    expect(await memory.recall(file, await identity())).toBeUndefined();
  });

  it.each<[string, (place: string) => Promise<unknown>]>([
    ["others may write", (place) => chmod(place, 0o666)],
    ["is no JSON", (place) => writeFile(place, "{")],
    ["is of another form", (place) => writeFile(place, '{"a": 1}')],
    [
      "has a digest that is none",
      async (place) => writeFile(place, (await readFile(place, "utf8")).replace(digest, "../../etc")),
    ],
    ["is enormous", (place) => writeFile(place, " ".repeat(9 * 1024 * 1024))],
    [
      "is a link",
      async (place) => {
        const text = await readFile(place);
        await rm(place);
        await writeFile(root.at("elsewhere"), text);
        await symlink(root.at("elsewhere"), place);
      },
    ],
  ])("believes nothing in a file that %s", async (_, spoil) => {
    await remembered();
    await spoil(root.at("cache/slipway/digests.json"));
    expect(await recalled()).toBeUndefined();
  });

  it("keeps what another process learned meanwhile", async () => {
    await writeFile(root.at("second.bin"), "more bytes");
    const [one, two] = [await DigestMemory.open(root.at("cache")), await DigestMemory.open(root.at("cache"))];
    one.remember(await identity(), digest, later());
    two.remember(await identity(root.at("second.bin")), "b".repeat(64), later());
    await one.save();
    await two.save();
    expect([await recalled(), await recalled(root.at("second.bin"))]).toEqual([digest, "b".repeat(64)]);
  });

  it("is silent where it cannot be kept", async () => {
    await mkdir(root.at("cache"));
    await writeFile(root.at("cache/slipway"), "a file");
    await remembered();
    expect(await recalled()).toBeUndefined();
  });
});

it.each([
  [{ XDG_CACHE_HOME: "/c", HOME: "/h" }, "/c"],
  [{ XDG_CACHE_HOME: "c", HOME: "/h" }, "/h/.cache"],
  [{ HOME: "/h" }, "/h/.cache"],
  [{ HOME: "" }, undefined],
  [{}, undefined],
])("caches of %j lie in %s", (env, expected) => {
  expect(cacheDirectory(env)).toBe(expected);
});
