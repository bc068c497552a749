import { mkdir, symlink } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { writeFiles } from "../../../test/support/packed-release.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { listModelDirectory } from "./list-directory.ts";
import { findModelCard } from "./model-card.ts";

const find = async (root: Temporary, location: string) =>
  findModelCard(root.at(location), await listModelDirectory(root.at("model")));

const model = { "model/weights.bin": "weights" };

describe("a model card in the model's directory", () => {
  it.each([
    ["README.md", "model/README.md"],
    ["docs/card.md", "model/docs/card.md"],
    ["README.md", "model/docs/../README.md"],
  ])("is the file %s, which is in the release anyway", async (path, location) => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, { ...model, "model/README.md": "# Card", "model/docs/card.md": "# Card" });
    expect(await find(root, location)).toEqual({ path, extra: undefined });
  });

  it("is found through a link to it", async () => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, { ...model, "model/README.md": "# Card" });
    await symlink(root.at("model/README.md"), root.at("card.md"));
    expect(await find(root, "card.md")).toEqual({ path: "README.md", extra: undefined });
  });
});

describe("a model card elsewhere", () => {
  it.each([
    ["card.md", "MODEL_CARD.md"],
    ["cards/seg.json", "MODEL_CARD.json"],
    ["CARD", "MODEL_CARD"],
  ])("%s joins the release as %s", async (location, path) => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, { ...model, [location]: "# Card" });
    const found = await find(root, location);
    expect(found).toMatchObject({ path, extra: { path, source: root.at(location), size: 6, executable: false } });
  });

  it("is executable for nobody, whatever it was", async () => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, { ...model, "card.md*": "# Card" });
    expect((await find(root, "card.md"))?.extra?.executable).toBe(false);
  });

  // It is refused, as MODEL_UNREADABLE: `findModelCard` takes its own error for one of the system.
  it.each(["MODEL_CARD.md", "model_card.MD", "MODEL_CARD.md/part"])(
    "cannot take the name of %s, which the model has",
    async (taken) => {
      await using root = await temporaryDirectory();
      await writeFiles(root.path, { [`model/${taken}`]: "mine", "card.md": "# Card" });
      const { message } = await expectError("MODEL_NAME_CLASH", () => find(root, "card.md"));
      expect(message).toContain("MODEL_CARD.md");
    },
  );
});

describe("no model card", () => {
  it.each(["card.md", "nowhere/card.md", "model/weights.bin/card.md"])("is at %s", async (location) => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, model);
    expect(await find(root, location)).toBeUndefined();
  });

  it("is a directory", async () => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, model);
    await mkdir(root.at("card.md"));
    const { message } = await expectError("MODEL_UNREADABLE", () => find(root, "card.md"));
    expect(message).toContain("is not a file");
  });

  it("is a link that leads to itself", async () => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, model);
    await symlink("card.md", root.at("card.md"));
    await expectError("MODEL_UNREADABLE", () => find(root, "card.md"));
  });
});
