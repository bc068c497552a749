import { mkdir, readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { writeWhole } from "./write-whole.ts";

it("makes the folder, writes the file, and replaces it", async () => {
  await using root = await temporaryDirectory();
  await writeWhole(root.at("a", "b", "page.html"), "first");
  await writeWhole(root.at("a", "b", "page.html"), "second");
  expect(await readFile(root.at("a", "b", "page.html"), "utf8")).toBe("second");
  expect(await readdir(root.at("a", "b"))).toEqual(["page.html"]);
});

it("leaves what was there when it cannot be replaced", async () => {
  await using root = await temporaryDirectory();
  await mkdir(root.at("taken", "kept"), { recursive: true });
  await expect(writeWhole(root.at("taken"), "text")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(await readdir(root.path)).toEqual(["taken"]);
  expect(await readdir(root.at("taken"))).toEqual(["kept"]);
});
