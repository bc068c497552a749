import { chmod, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { ownerToken } from "../../content/index.ts";
import { UploadJournal } from "./upload-journal.ts";

const location = new URL("https://registry.example/v2/a/b/blobs/uploads/1?_state=secret");
let root: Temporary;
let journal: UploadJournal;

beforeEach(async () => {
  root = await temporaryDirectory();
  journal = UploadJournal.in(root.path);
});
afterEach(() => root[Symbol.asyncDispose]());

const directory = () => root.at("slipway", "uploads");
async function file(): Promise<string> {
  const [name = ""] = await readdir(directory());
  return join(directory(), name);
}
async function rewrite(change: (entry: Record<string, unknown>) => object): Promise<void> {
  const entry: Record<string, unknown> = JSON.parse(await readFile(await file(), "utf8"));
  await writeFile(await file(), JSON.stringify(change(entry)));
}

describe("an upload that was begun", () => {
  it("is remembered by repository and content, until it is forgotten", async () => {
    await journal.note("host/a", "x", location);
    expect(await journal.recall("host/a", "x")).toEqual(location);
    expect(await journal.recall("host/b", "x")).toBeUndefined();
    expect(await journal.recall("host/a", "y")).toBeUndefined();
    await journal.forget("host/a", "x");
    expect(await journal.recall("host/a", "x")).toBeUndefined();
    expect(await readdir(directory())).toEqual([]);
  });

  it("is for this user's eyes only: a Location may let anybody add to the upload", async () => {
    await journal.note("host/a", "x", location);
    expect((await stat(await file())).mode & 0o777).toBe(0o600);
    expect((await stat(directory())).mode & 0o777).toBe(0o700);
    expect(await file()).not.toContain("host");
  });

  it.each<[string, (entry: Record<string, unknown>) => object]>([
    ["is a day old", (entry) => ({ ...entry, startedAt: Date.now() - 25 * 3_600_000 })],
    ["leads nowhere", (entry) => ({ ...entry, location: "nowhere" })],
    ["is not an entry", () => ["x"]],
    ["belongs to another process that lives", (entry) => ({ ...entry, owner: ownerOfParent() })],
  ])("is not gone on with when it %s", async (_, change) => {
    await journal.note("host/a", "x", location);
    await rewrite(change);
    expect(await journal.recall("host/a", "x")).toBeUndefined();
  });

  it("is gone on with when its process has ended", async () => {
    await journal.note("host/a", "x", location);
    await rewrite((entry) => ({ ...entry, owner: ownerToken().replace(/-\d+-/, "-4194304-") }));
    expect(await journal.recall("host/a", "x")).toEqual(location);
  });

  it("is not believed where others may write, nor through a link", async () => {
    await journal.note("host/a", "x", location);
    await chmod(await file(), 0o666);
    expect(await journal.recall("host/a", "x")).toBeUndefined();
    await journal.forget("host/a", "x");
    await journal.note("host/a", "x", location);
    const kept = await file();
    await writeFile(root.at("other"), await readFile(kept), { mode: 0o600 });
    await journal.forget("host/a", "x");
    await symlink(root.at("other"), kept);
    expect(await journal.recall("host/a", "x")).toBeUndefined();
  });

  it("goes with others that nobody ended, once those are a day old", async () => {
    await journal.note("host/a", "old", location);
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await utimes(await file(), yesterday, yesterday);
    await journal.forget("host/a", "another");
    expect(await readdir(directory())).toEqual([]);
  });

  it("is forgotten in silence where nothing can be written", async () => {
    await writeFile(root.at("slipway"), "a file");
    await journal.note("host/a", "x", location);
    await journal.forget("host/a", "x");
    expect(await journal.recall("host/a", "x")).toBeUndefined();
  });
});

/** The process that started this one lives, and is another one. */
function ownerOfParent(): string {
  return ownerToken().replace(/-\d+-\d+$/, `-${process.ppid}-0`);
}
