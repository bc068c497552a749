import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareRepository, commitTo, git } from "../../../test/support/git.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import type { Pin } from "../../evidence/index.ts";
import { pinOf, pointer, valuesOf } from "../fixtures/deployment.ts";
import { Repository, type Snapshot } from "../git/index.ts";
import { movePointer, type PlannedMove, pinAt } from "./move.ts";

const [one, two, three] = [pinOf("1.0.0"), pinOf("2.0.0"), pinOf("3.0.0")];
const bytes = (text: string) => new TextEncoder().encode(text);

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
});
afterAll(() => root[Symbol.asyncDispose]());

/** A repository of its own, with these files. */
async function repositoryOf(name: string, files: Readonly<Record<string, string>>) {
  const bare = bareRepository(root.at("."), name, files);
  const repository = await Repository.open(
    { repository: bare, branch: "main" },
    {
      signal: new AbortController().signal,
      now: () => new Date("2026-01-02T03:04:05Z"),
      committer: { name: "erin", email: "erin@example.com" },
    },
  );
  let edits = 0;
  return {
    repository,
    /** What somebody else pushes. */
    edit: (changed: Readonly<Record<string, string>>) => {
      edits += 1;
      return commitTo(bare, root.at(`${name}-edit-${edits}`), changed, "Somebody's edit");
    },
    file: (path: string) => `${git(bare, "show", `main:${path}`)}\n`,
    commits: () => Number(git(bare, "rev-list", "--count", "main")),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

const message = { subject: "Deploy", body: "", trailers: [] } as const;
const event = "slipway/events/live/retina+seg/jetson/1.json";

/** Plans the event and nothing else, and remembers what it was asked. */
function planner(before: (snapshot: Snapshot, from: Pin | undefined) => void = () => {}) {
  const asked: (string | undefined)[] = [];
  const plan = async (snapshot: Snapshot, from: Pin | undefined): Promise<PlannedMove> => {
    asked.push(from?.version);
    before(snapshot, from);
    return { files: new Map([[event, bytes("{}\n")]]), message };
  };
  return { asked, plan };
}

describe("moving a pointer", () => {
  it("writes the pin and the event in one commit", async () => {
    await using live = await repositoryOf("moves", { [pointer.file]: valuesOf(one), other: "kept\n" });
    const { asked, plan } = planner();
    const { commit, attempts } = await movePointer(live.repository, pointer, { expected: one, to: two }, plan);
    expect([commit?.length, attempts, asked, live.commits()]).toEqual([40, 1, ["1.0.0"], 2]);
    expect([live.file(pointer.file), live.file(event), live.file("other")]).toEqual([valuesOf(two), "{}\n", "kept\n"]);
  });

  it("sets one that names nothing, when nothing was expected", async () => {
    await using live = await repositoryOf("first", { [pointer.file]: valuesOf(undefined) });
    const { asked, plan } = planner();
    await movePointer(live.repository, pointer, { expected: undefined, to: one }, plan);
    expect([asked, live.file(pointer.file)]).toEqual([[undefined], valuesOf(one)]);
  });

  it("keeps what somebody changed in the same file meanwhile, and plans again for it", async () => {
    await using live = await repositoryOf("raced", { [pointer.file]: valuesOf(one) });
    const { asked, plan } = planner(() => {
      if (asked.length === 1) live.edit({ [pointer.file]: valuesOf(one).replace("replicas: 2", "replicas: 30") });
    });
    const { attempts } = await movePointer(live.repository, pointer, { expected: one, to: two }, plan);
    expect([attempts, asked]).toEqual([2, ["1.0.0", "1.0.0"]]);
    expect(live.file(pointer.file)).toBe(valuesOf(two).replace("replicas: 2", "replicas: 30"));
  });

  it("is done when somebody else moved it to the same release meanwhile, and adds no event", async () => {
    await using live = await repositoryOf("same", { [pointer.file]: valuesOf(one) });
    const { asked, plan } = planner(() => live.edit({ [pointer.file]: valuesOf(two) }));
    const { commit, attempts } = await movePointer(live.repository, pointer, { expected: one, to: two }, plan);
    expect([commit, attempts, asked, live.commits()]).toEqual([undefined, 2, ["1.0.0"], 2]);
  });

  it.each<[string, Pin | undefined]>([
    ["what it names", two],
    ["another release", one],
    ["nothing", undefined],
  ])("does nothing where the target stands already, when %s was expected", async (expected, pin) => {
    await using live = await repositoryOf(`there-${expected.replaceAll(" ", "-")}`, { [pointer.file]: valuesOf(two) });
    const { asked, plan } = planner();
    const moved = await movePointer(live.repository, pointer, { expected: pin, to: two }, plan);
    expect([moved, asked, live.commits()]).toEqual([{ commit: undefined, attempts: 1 }, [], 1]);
  });

  it.each<[string, string, Pin | undefined, string]>([
    ["another release", valuesOf(three), one, "apps/values.yaml names 3.0.0 now; 1.0.0 was expected"],
    ["nothing any more", valuesOf(undefined), one, "apps/values.yaml names nothing now; 1.0.0 was expected"],
    ["a release for the first time", valuesOf(three), undefined, "names 3.0.0 now; nothing was expected"],
    ["the same version in another place", valuesOf({ ...one, uri: `oci:x@${one.digest}` }), one, "names 1.0.0 now"],
  ])("stops when it names %s", async (what, text, expected, said) => {
    await using live = await repositoryOf(`moved-${what.replaceAll(" ", "-")}`, { [pointer.file]: text });
    const { asked, plan } = planner();
    const moving = () => movePointer(live.repository, pointer, { expected, to: two }, plan);
    const { message: text2 } = await expectError("POINTER_MOVED", moving);
    expect(text2).toContain(said);
    expect([asked, live.commits(), live.file(pointer.file)]).toEqual([[], 1, text]);
  });

  it("stops when somebody else moved it meanwhile", async () => {
    await using live = await repositoryOf("lost", { [pointer.file]: valuesOf(one) });
    const { plan } = planner(() => live.edit({ [pointer.file]: valuesOf(three) }));
    await expectError("POINTER_MOVED", () => movePointer(live.repository, pointer, { expected: one, to: two }, plan));
    expect([live.commits(), live.file(pointer.file)]).toEqual([2, valuesOf(three)]);
  });

  it("is not tried when the plan refuses", async () => {
    await using live = await repositoryOf("refused", { [pointer.file]: valuesOf(one) });
    const refuse = () => Promise.reject(new Error("it is held"));
    await expect(movePointer(live.repository, pointer, { expected: one, to: two }, refuse)).rejects.toThrow(
      "it is held",
    );
    expect(live.commits()).toBe(1);
  });

  it("stops without the file, and at a file that names no pin", async () => {
    await using live = await repositoryOf("missing", { other: "x\n" });
    const moving = () => movePointer(live.repository, pointer, { expected: undefined, to: two }, planner().plan);
    expect((await expectError("POINTER_FILE_MISSING", moving)).message).toContain(pointer.file);
    await expectError("POINTER_FILE_MISSING", async () => pinAt(await live.repository.snapshot(), pointer));
    live.edit({ [pointer.file]: valuesOf({ ...one, version: "latest" }) });
    await expectError("POINTER_PIN_INVALID", moving);
    live.edit({ [pointer.file]: "model: {}\n" });
    await expectError("POINTER_NOT_FOUND", moving);
    expect(live.commits()).toBe(3);
  });
});
