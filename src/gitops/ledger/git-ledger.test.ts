import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareRepository, commitTo, git } from "../../../test/support/git.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import type { LedgerAddition } from "../../lifecycle/index.ts";
import { type Digest, digestOf, hexOf } from "../../oci/index.ts";
import { Repository } from "../git/index.ts";
import { places } from "../places.ts";
import { GitLedger } from "./git-ledger.ts";

const name = "retina/seg";
const release = "1.0.0-jetson";
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array | undefined) => (content === undefined ? undefined : Buffer.from(content).toString());

let root: Temporary;
beforeAll(async () => {
  root = await temporaryDirectory();
});
afterAll(() => root[Symbol.asyncDispose]());

function openAt(bare: string): Promise<Repository> {
  return Repository.open(
    { repository: bare, branch: "main" },
    {
      signal: new AbortController().signal,
      now: () => new Date("2026-01-02T03:04:05Z"),
      committer: { name: "erin", email: "erin@example.com" },
    },
  );
}

/** A ledger in a repository of its own, which has these files. */
async function ledgerOf(id: string, files: Readonly<Record<string, string>> = { "README.md": "# GitOps\n" }) {
  const bare = bareRepository(root.at("."), id, files);
  const repository = await openAt(bare);
  return {
    bare,
    ledger: new GitLedger(repository, "gitops.git"),
    head: () => git(bare, "rev-parse", "main"),
    changed: () => git(bare, "show", "--format=", "--name-status", "main").split("\n").toSorted(),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

function packOf(...pieces: readonly string[]): ReadonlyMap<Digest, Uint8Array> {
  return new Map(pieces.map((piece) => [digestOf(piece), bytes(piece)]));
}

function addition(sequence: number, more: Partial<LedgerAddition> = {}): LedgerAddition {
  return {
    name,
    release,
    sequence,
    bundle: bytes(`link ${sequence}`),
    side: [],
    pack: new Map(),
    message: { subject: `Link ${sequence}`, body: "Because.", trailers: [["Action", "promote"]] },
    ...more,
  };
}

const link = (sequence: number) => places.link(name, release, sequence);
const packed = (piece: string) => places.packed(name, release, digestOf(piece));
const side = (piece: string) => places.sideLink(name, release, digestOf(piece));

describe("appending", () => {
  it("adds one link and its pack in one commit, and gives the commit", async () => {
    await using to = await ledgerOf("append");
    const commit = await to.ledger.append(addition(1, { pack: packOf("manifest", "policy") }));
    expect(commit).toBe(to.head());
    expect(to.changed()).toEqual([`A\t${link(1)}`, `A\t${packed("manifest")}`, `A\t${packed("policy")}`].toSorted());
    expect(git(to.bare, "log", "-1", "--format=%s|%b", "main")).toBe("Link 1|Because.\n\nAction: promote");
    expect(await to.ledger.entries(name)).toEqual([
      {
        release,
        sequence: 1,
        side: false,
        bundle: bytes("link 1"),
        path: "slipway/ledger/retina+seg/1.0.0-jetson/0001.json",
      },
    ]);
  });

  it("keeps a piece of the pack once, and those of earlier links", async () => {
    await using to = await ledgerOf("pack");
    await to.ledger.append(addition(1, { pack: packOf("manifest", "scan") }));
    await to.ledger.append(addition(2, { pack: packOf("manifest", "approval") }));
    expect(to.changed()).toEqual([`A\t${link(2)}`, `A\t${packed("approval")}`].toSorted());
    expect(await to.ledger.pack(name, release)).toEqual(packOf("manifest", "scan", "approval"));
    expect(await to.ledger.pack(name, "2.0.0-jetson")).toEqual(new Map());
  });

  it("does nothing for the same link again, and gives the commit that has it", async () => {
    await using to = await ledgerOf("again");
    const first = await to.ledger.append(addition(1, { pack: packOf("manifest") }));
    expect(await to.ledger.append(addition(1, { pack: packOf("manifest", "more") }))).toBe(first);
    await to.ledger.append(addition(2));
    const head = to.head();
    expect([await to.ledger.append(addition(1)), to.head()]).toEqual([head, head]);
  });

  it("stops when another link has the number, or the one before it is missing", async () => {
    await using to = await ledgerOf("stops");
    const head = await to.ledger.append(addition(1));
    const rows: readonly (readonly [LedgerAddition, RegExp])[] = [
      [addition(1, { bundle: bytes("another") }), /has a link 1 already: .*0001\.json in gitops\.git/],
      [addition(3), /lost its link 2 in gitops\.git/],
      [addition(2, { release: "2.0.0-jetson" }), /lost its link 1/],
      [addition(2, { name: "retina" }), /lost its link 1/],
    ];
    for (const [next, said] of rows) {
      const { message } = await expectError("STATE_MOVED", () => to.ledger.append(next));
      expect(message).toMatch(said);
    }
    expect(to.head()).toBe(head);
  });

  it("lets one of two writers of the same number in, and both of two releases", async () => {
    await using to = await ledgerOf("race");
    const append = async (next: LedgerAddition) => {
      await using repository = await openAt(to.bare);
      return await new GitLedger(repository, "gitops.git").append(next);
    };
    const results = await Promise.allSettled([
      append(addition(1, { bundle: bytes("mine") })),
      append(addition(1, { bundle: bytes("theirs") })),
      append(addition(1, { release: "2.0.0-jetson" })),
    ]);
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(reasons).toEqual([expect.objectContaining({ code: "STATE_MOVED" })]);
    expect((await to.ledger.entries(name)).map((entry) => entry.release)).toEqual([release, "2.0.0-jetson"]);
  });

  it("keeps links that were found elsewhere beside the order", async () => {
    await using to = await ledgerOf("side");
    await to.ledger.append(addition(1));
    await to.ledger.append(addition(2, { side: [bytes("found"), bytes("found too")] }));
    expect(to.changed()).toEqual([`A\t${link(2)}`, `A\t${side("found")}`, `A\t${side("found too")}`].toSorted());
    const entries = await to.ledger.entries(name);
    expect(entries.filter((entry) => !entry.side).map(({ sequence }) => sequence)).toEqual([1, 2]);
    const beside = entries.filter((entry) => entry.side);
    expect(new Map(beside.map(({ path, bundle, sequence }) => [path, [text(bundle), sequence]]))).toEqual(
      new Map([
        [side("found"), ["found", 0]],
        [side("found too"), ["found too", 0]],
      ]),
    );
  });

  it("begins a ledger in an empty repository", async () => {
    const bare = bareRepository(root.at("."), "empty", undefined);
    await using repository = await openAt(bare);
    const ledger = new GitLedger(repository, "empty.git");
    expect([await ledger.entries(name), await ledger.pack(name, release)]).toEqual([[], new Map()]);
    expect(await ledger.append(addition(1))).toBe(git(bare, "rev-parse", "main"));
  });
});

describe("reading", () => {
  it("sorts the links of all releases of one model by release and number", async () => {
    const at = (version: string, sequence: number) => places.link(name, version, sequence);
    await using to = await ledgerOf("sorted", {
      [at("1.0.0-jetson", 10_000)]: "e",
      [at("1.0.0-jetson", 9999)]: "d",
      [at("1.0.0-jetson", 2)]: "c",
      [at("0.9.0-jetson", 1)]: "a",
      [at("1.0.0-jetson", 1)]: "b",
      [at("1.0.0-server", 1)]: "f",
      [places.link("retina", "1.0.0-jetson", 1)]: "another model",
      [places.link("retina/seg2", "1.0.0-jetson", 1)]: "another model",
    });
    const entries = await to.ledger.entries(name);
    expect(entries.map(({ bundle }) => text(bundle)).join("")).toBe("abcdef");
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 1, 2, 9999, 10_000, 1]);
  });

  it("sees what others pushed since", async () => {
    await using to = await ledgerOf("fresh", { [link(1)]: "link 1" });
    expect(await to.ledger.entries(name)).toHaveLength(1);
    commitTo(to.bare, root.at("fresh-edit"), { [link(2)]: "link 2" }, "Link 2");
    expect(await to.ledger.entries(name)).toHaveLength(2);
  });
});

/** What lies below the ledger, or the pack, of a model of its own beside a sound link and a sound piece. */
const malformed: readonly (readonly [what: string, path: (model: string) => string, content: string])[] = [
  ["a file beside the releases", (model) => `${places.ledgerOf(model)}/README.md`, "# Ledger\n"],
  ...[
    ["a file that is no link", "README.md"],
    ["a number that is too short", "001.json"],
    ["a number that is too long", "1000000000.json"],
    ["the number zero", "0000.json"],
    ["another way to write a number", "00001.json"],
    ["a number that is none", "1e10.json"],
    ["a negative number", "-001.json"],
    ["another ending", "0002.json.bak"],
    ["a link in a folder below", "old/0001.json"],
    ["a side link that is not named by a digest", "side/0001.json"],
    ["a side link in capitals", `side/${"A".repeat(64)}.json`],
    ["a side link in a folder below", `side/x/${"a".repeat(64)}.json`],
    ["a file in place of the side links", "side"],
  ].map(
    ([what = "", file]) => [what, (model: string) => `${places.ledgerOf(model)}/${release}/${file}`, "link 1"] as const,
  ),
  ["a link that is too large", (model) => places.link(model, release, 2), " ".repeat(256 * 1024 + 1)],
  [
    "a side link that is too large",
    (model) => places.sideLink(model, release, digestOf("x")),
    " ".repeat(256 * 1024 + 1),
  ],
];

const large = "x".repeat(4 * 1024 * 1024 + 1);
const badPacks: typeof malformed = [
  ["an altered piece", (model) => places.packed(model, release, digestOf("manifest")), "manifest."],
  ["an empty piece", (model) => places.packed(model, release, digestOf("manifest")), ""],
  ["a piece without a digest", (model) => `${places.packOf(model, release)}/README.md`, "# Pack\n"],
  ["a digest in capitals", (model) => `${places.packOf(model, release)}/${hexOf(digestOf("x")).toUpperCase()}`, "x"],
  ["a piece that is too large", (model) => places.packed(model, release, digestOf(large)), large],
];

describe("what does not belong there", () => {
  const modelOf = (what: string) => `m/${what.replaceAll(" ", "-")}`;
  let repository: Repository;
  let ledger: GitLedger;

  beforeAll(async () => {
    const files = [...malformed, ...badPacks].flatMap(([what, path, content]) => [
      [places.link(modelOf(what), release, 1), "link 1"],
      [places.packed(modelOf(what), release, digestOf("sound")), "sound"],
      [path(modelOf(what)), content],
    ]);
    repository = await openAt(bareRepository(root.at("."), "malformed", Object.fromEntries(files)));
    ledger = new GitLedger(repository, "gitops.git");
  });
  afterAll(() => repository[Symbol.asyncDispose]());

  it.each(malformed)("stops the reader of links: %s", async (what, path) => {
    const { message } = await expectError("LEDGER_MALFORMED", () => ledger.entries(modelOf(what)));
    expect(message).toContain(path(modelOf(what)));
    expect(await ledger.pack(modelOf(what), release)).toEqual(packOf("sound"));
  });

  it.each(badPacks)("stops the reader of a pack: %s", async (what, path) => {
    const { message } = await expectError("LEDGER_MALFORMED", () => ledger.pack(modelOf(what), release));
    expect(message).toContain(path(modelOf(what)));
    expect(await ledger.entries(modelOf(what))).toHaveLength(1);
  });

  it("does not overwrite an altered piece of a pack, which stays to be seen", async () => {
    await using to = await ledgerOf("altered", { [packed("manifest")]: "altered" });
    await to.ledger.append(addition(1, { pack: packOf("manifest") }));
    expect(to.changed()).toEqual([`A\t${link(1)}`]);
    await expectError("LEDGER_MALFORMED", () => to.ledger.pack(name, release));
  });

  it("does not pass over a link that is a symbolic link", async () => {
    await using to = await ledgerOf("linked", { [link(1)]: "link 1" });
    const checkout = root.at("linked-checkout");
    git(root.at("."), "clone", "--quiet", to.bare, checkout);
    await mkdir(dirname(join(checkout, link(2))), { recursive: true });
    await symlink("0001.json", join(checkout, link(2)));
    git(checkout, "add", "--all");
    git(checkout, "commit", "--quiet", "-m", "A link to a link");
    git(checkout, "push", "--quiet", "origin", "HEAD:main");
    const { message } = await expectError("GIT_FILE_UNUSABLE", () => to.ledger.entries(name));
    expect(message).toContain(`${link(2)} is a symbolic link`);
    await expectError("GIT_FILE_UNUSABLE", () => to.ledger.append(addition(2)));
  });
});
