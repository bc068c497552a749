import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareRepository } from "../../../test/support/git.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { policyOf } from "../../lifecycle/fixtures/release.ts";
import { pinOf, pointer, valuesOf } from "../fixtures/deployment.ts";
import { Repositories } from "../repositories.ts";
import { readConsumers } from "./consumers.ts";

const { name, fields } = pointer;
const at = (file: string, variant = pointer.variant) => ({ name, variant, file, fields });

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
  bareRepository(root.at("."), "one", {
    "live.yaml": valuesOf(pinOf("1.0.0")),
    "spare.yaml": valuesOf(undefined),
    "alias.yaml": valuesOf({ ...pinOf("1.0.0"), version: "latest" }),
    "broken.yaml": "model: [\n",
  });
  bareRepository(root.at("."), "two", { "test.yaml": valuesOf(pinOf("2.0.0")) });
});
afterAll(() => root[Symbol.asyncDispose]());

async function consumersOf(environments: object) {
  await using repositories = new Repositories({
    signal: new AbortController().signal,
    now: () => new Date(),
    committer: { name: "erin", email: "erin@example.com" },
    base: root.at("."),
    token: undefined,
  });
  return await readConsumers(policyOf({ environments }), repositories);
}

describe("consumers", () => {
  it("are what every pointer of every environment names", async () => {
    const found = await consumersOf({
      live: { repository: "one.git", branch: "main", pointers: [at("live.yaml"), at("spare.yaml", "server")] },
      test: { repository: "two.git", branch: "main", pointers: [at("test.yaml")] },
    });
    expect(found).toEqual([
      { environment: "live", pointer: "live.yaml", subject: pinOf("1.0.0").subject },
      { environment: "test", pointer: "test.yaml", subject: pinOf("2.0.0").subject },
    ]);
  });

  it.each<[string, object]>([
    ["there are no environments", {}],
    ["environments have no pointers, wherever they are", { live: { repository: "nowhere.git" } }],
    ["pointers name nothing", { live: { repository: "one.git", pointers: [at("spare.yaml")] } }],
  ])("are none when %s", async (_, environments) => {
    expect(await consumersOf(environments)).toEqual([]);
  });

  it.each<[string, object]>([
    ["a file is missing", { repository: "one.git", pointers: [at("absent.yaml")] }],
    ["a pointer is an alias", { repository: "one.git", pointers: [at("alias.yaml")] }],
    ["a file cannot be read", { repository: "one.git", pointers: [at("broken.yaml")] }],
    ["a repository is missing", { repository: "nowhere.git", pointers: [at("live.yaml")] }],
    ["a branch is missing", { repository: "one.git", branch: "gone", pointers: [at("live.yaml")] }],
    ["no repository is named", { pointers: [at("live.yaml")] }],
  ])("are not known when %s, whatever the others say", async (_, environment) => {
    const sound = { repository: "two.git", pointers: [at("test.yaml")] };
    expect(await consumersOf({ before: sound, live: environment, after: sound })).toBeUndefined();
  });
});
