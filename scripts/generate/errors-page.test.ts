import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { defineErrors } from "../../src/errors/index.ts";
import { errorAreas, errorsPage } from "./errors-page.ts";

const harbour = defineErrors("Harbours", {
  HARBOUR_FULL: { family: "temporary", meaning: "No berth | no buoy.", remedy: "Wait for `tide`." },
});

describe("errorsPage", () => {
  test("has a row for each code that a link can point at", () => {
    expect(errorsPage([harbour])).toContain(`## Harbours

| Code | Family | When | Remedy |
| --- | --- | --- | --- |
| <a id="harbour_full"></a>\`HARBOUR_FULL\` | temporary (4) | No berth \\| no buoy. | Wait for \`tide\`. |`);
  });

  test("refuses a code that two areas define", () => {
    const other = defineErrors("Ports", { HARBOUR_FULL: { family: "bug", meaning: "", remedy: "" } });
    expect(() => errorsPage([harbour, other])).toThrow(
      'the error code HARBOUR_FULL is defined twice: in "Harbours" and in "Ports"',
    );
  });
});

describe("errorAreas", () => {
  test("finds the areas of every folder and step, and nothing else that those files export", async () => {
    const root = await mkdtemp(join(tmpdir(), "slipway-errors-"));
    onTestFinished(() => rm(root, { recursive: true }));
    const area = (name: string) => `export const make = Object.assign(() => {}, { area: "${name}", definitions: {} });`;
    const files = {
      "src/b/errors.ts": area("b"),
      "src/a/deeper/errors.ts": `${area("a/deeper")} export const other = () => {}; export const text = "";`,
      "actions/a-step/errors.ts": area("step"),
      "src/c/other.ts": area("c"),
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(root, path, ".."), { recursive: true });
      await writeFile(join(root, path), text);
    }
    expect((await errorAreas(root)).map(({ area: name }) => name)).toEqual(["a/deeper", "b", "step"]);
  });
});
