import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { git } from "../../../test/support/git.ts";
import { openLayout } from "../../../test/support/packed-release.ts";
import { PromotedReleases } from "../../../test/support/promoted-releases.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { type PolicyInForce, readPolicy } from "../../dossier/index.ts";
import type { Pin } from "../../evidence/index.ts";
import { digestOf, hexOf, ociError, openStore, parseIndex, parseReference } from "../../oci/index.ts";
import { registryError } from "../../oci/registry/errors.ts";
import { pointer } from "../fixtures/deployment.ts";
import { GitLedger } from "../ledger/git-ledger.ts";
import { places } from "../places.ts";
import { Repositories } from "../repositories.ts";
import { type PinnedSources, readPinned } from "./read-pinned.ts";

let root: Temporary;
let promoted: PromotedReleases;
let inForce: PolicyInForce;

beforeAll(async () => {
  root = await temporaryDirectory();
  promoted = await PromotedReleases.build(root.at("built"), { "1.0.0": "production", "1.1.0": "staging" });
  inForce = await readPolicy(root.at("built", "policy.yaml"));
});
afterAll(() => root[Symbol.asyncDispose]());

let copies = 0;

/** A copy of all that was built, changed by somebody, and how `rollback` reads from it. */
async function sourcesAfter(change: (directory: string) => unknown = () => {}) {
  copies += 1;
  const { directory } = await promoted.copyTo(root.at(`copy-${copies}`));
  await change(directory);
  const repositories = new Repositories({
    signal: new AbortController().signal,
    now: () => new Date(),
    committer: { name: "erin", email: "erin@example.com" },
    base: directory,
    token: undefined,
  });
  const { pool } = await openLayout(root.at("built", "store"));
  const ledger = new GitLedger(await repositories.open({ repository: "gitops.git", branch: "main" }), "gitops.git");
  const sources = (pin: Pin): PinnedSources => ({
    openStore: () => openStore(parseReference(pin.uri, directory), { pool, signal: new AbortController().signal }),
    ledger,
    inForce,
  });
  return {
    read: (pin: Pin, more: Partial<PinnedSources> = {}, model = pointer) =>
      readPinned(pin, model, { ...sources(pin), ...more }),
    async [Symbol.asyncDispose]() {
      await repositories[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}

function pinOf(version: string, more: Partial<Pin> = {}): Pin {
  const subject = promoted.subject(version);
  return { version, subject, digest: subject, uri: promoted.reference(version), ...more };
}

const blob = (directory: string, digest: string) => join(directory, "store", "blobs", "sha256", digest.slice(7));

/** Takes a release out of a store, as somebody who cleans it up does. */
async function takeOut(directory: string, version: string): Promise<void> {
  const index = join(directory, "store", "index.json");
  const { manifests, ...rest } = parseIndex(await readFile(index), "the index");
  const kept = manifests.filter(
    ({ annotations }) => !annotations?.["org.opencontainers.image.ref.name"]?.startsWith(`${version}-`),
  );
  await writeFile(index, JSON.stringify({ ...rest, manifests: kept }));
}

/** Changes what lies on the branch. */
async function edit(directory: string, change: (checkout: string) => Promise<unknown>): Promise<void> {
  const checkout = join(directory, "checkout");
  git(directory, "clone", "--quiet", "gitops.git", checkout);
  await change(checkout);
  git(checkout, "add", "--all");
  git(checkout, "commit", "--quiet", "-m", "Somebody's edit");
  git(checkout, "push", "--quiet", "origin", "HEAD:main");
}

const release = "1.0.0-jetson";
const packAt = (checkout: string) => join(checkout, places.packOf(pointer.name, release));

describe("a pinned release", () => {
  it("is read from its store, with its chain and its siblings", async () => {
    await using from = await sourcesAfter();
    const { dossier, chain, siblings, source, gone } = await from.read(pinOf("1.0.0"));
    expect([source, gone, chain.state, dossier.version]).toEqual(["registry", false, "production", "1.0.0"]);
    expect(siblings.map(({ version, chain: own }) => [version, own.state])).toEqual([
      ["1.0.0", "production"],
      ["1.1.0", "staging"],
    ]);
  });

  it.each<[string, (directory: string) => unknown, boolean]>([
    ["its store is gone", (directory) => rm(join(directory, "store"), { recursive: true }), false],
    ["its store has it no more", (directory) => takeOut(directory, "1.0.0"), true],
  ])("is read from Git when %s, and is the same", async (_what, change, gone) => {
    await using whole = await sourcesAfter();
    const expected = await whole.read(pinOf("1.0.0"));
    await using from = await sourcesAfter(change);
    const found = await from.read(pinOf("1.0.0"));
    expect([found.source, found.gone]).toEqual(["Git", gone]);
    expect(found.chain).toEqual(expected.chain);
    expect(found.siblings.map(({ subject }) => subject)).toEqual(expected.siblings.map(({ subject }) => subject));
    const { links: _, evidence, ...facts } = found.dossier;
    const { links: __, evidence: all, ...same } = expected.dossier;
    expect(facts).toEqual(same);
    const signatures = all.filter(({ predicateType }) => predicateType.includes("cosign"));
    expect(evidence).toEqual(expect.arrayContaining(signatures));
    expect(signatures).not.toEqual([]);
  });

  it.each(["REGISTRY_UNREACHABLE", "REGISTRY_FAILED"] as const)(
    "is read from Git when its registry says %s",
    async (code) => {
      await using from = await sourcesAfter();
      const openStore = async () => {
        throw registryError(code, "the registry is away");
      };
      const found = await from.read(pinOf("1.0.0"), { openStore });
      expect(found).toMatchObject({ source: "Git", gone: false, chain: { state: "production" } });
    },
  );

  it.each<[string, (directory: string) => unknown, string]>([
    [
      "its manifest was altered",
      async (directory) => {
        const file = blob(directory, promoted.subject("1.0.0"));
        await writeFile(file, (await readFile(file, "utf8")).replace("1.0.0", "1.0.1"));
      },
      "STORE_CORRUPT",
    ],
    [
      "its manifest was cut",
      (directory) => writeFile(blob(directory, promoted.subject("1.0.0")), "{"),
      "STORE_CORRUPT",
    ],
    ["its manifest is missing", (directory) => rm(blob(directory, promoted.subject("1.0.0"))), "STORE_CORRUPT"],
    [
      "the store's index is rubbish",
      (directory) => writeFile(join(directory, "store", "index.json"), "{"),
      "STORE_CORRUPT",
    ],
    [
      "the store is another kind of directory",
      async (directory) => {
        await rm(join(directory, "store"), { recursive: true });
        await cp(join(directory, "gitops.git"), join(directory, "store"), { recursive: true });
      },
      "STORE_NOT_LAYOUT",
    ],
  ])("is not read from Git when %s", async (_, change, code) => {
    await using from = await sourcesAfter(change);
    await expectError(code, () => from.read(pinOf("1.0.0")));
  });

  it("is not read from Git when its store is only busy", async () => {
    await using from = await sourcesAfter();
    const openStore = () => Promise.reject(ociError("STORE_BUSY", "the store is busy"));
    await expectError("STORE_BUSY", () => from.read(pinOf("1.0.0"), { openStore }));
  });

  it("hides no bug behind what lies in Git", async () => {
    await using from = await sourcesAfter();
    const openStore = () => Promise.reject(new TypeError("a bug"));
    await expect(from.read(pinOf("1.0.0"), { openStore })).rejects.toThrow("a bug");
  });

  it("is not found without a ledger, and with a ledger that has no pack", async () => {
    await using from = await sourcesAfter(async (directory) => {
      await rm(join(directory, "store"), { recursive: true });
      await edit(directory, (checkout) => rm(packAt(checkout), { recursive: true }));
    });
    await expectError("STORE_NOT_FOUND", () => from.read(pinOf("1.0.0"), { ledger: undefined }));
    const { message } = await expectError("NOT_FOUND", () => from.read(pinOf("1.0.0")));
    expect(message).toContain("the evidence pack of retina/seg 1.0.0-jetson in gitops.git");
  });

  it.each<[string, (pack: string) => Promise<unknown>, string]>([
    ["was altered", async (pack) => writeFile(join(pack, hexOf(promoted.subject("1.0.0"))), "{}"), "LEDGER_MALFORMED"],
    [
      "was exchanged under another digest",
      async (pack) => rename(join(pack, hexOf(promoted.subject("1.0.0"))), join(pack, hexOf(digestOf("other")))),
      "LEDGER_MALFORMED",
    ],
    ["lost its manifest", async (pack) => rm(join(pack, hexOf(promoted.subject("1.0.0")))), "NOT_FOUND"],
    [
      "lost all but its manifest",
      async (pack) => {
        const files = await readdir(pack);
        for (const file of files.filter((name) => name !== hexOf(promoted.subject("1.0.0"))))
          await rm(join(pack, file));
      },
      "STORE_CORRUPT",
    ],
  ])("is not read from a pack that %s", async (_, change, code) => {
    await using from = await sourcesAfter(async (directory) => {
      await rm(join(directory, "store"), { recursive: true });
      await edit(directory, (checkout) => change(packAt(checkout)));
    });
    await expectError(code, () => from.read(pinOf("1.0.0")));
  });

  it("is the one that the pin says, by name, version and variant, wherever it is read from", async () => {
    await using store = await sourcesAfter();
    const wrong = pinOf("1.0.0", { version: "1.1.0" });
    const { message } = await expectError("POINTER_PIN_INVALID", () => store.read(wrong));
    expect(message).toContain("the pin says retina/seg 1.1.0 (jetson)");
    expect(message).toContain("is retina/seg 1.0.0 (jetson)");
    await expectError("POINTER_PIN_INVALID", () =>
      store.read(pinOf("1.0.0"), {}, { ...pointer, name: "retina/other" }),
    );
    await expectError("POINTER_PIN_INVALID", () => store.read(pinOf("1.0.0"), {}, { ...pointer, variant: "server" }));
    // In Git each release has a pack of its own, so that one cannot pass for another.
    const gone = { openStore: () => Promise.reject(ociError("STORE_NOT_FOUND", "there is no store")) };
    await expectError("NOT_FOUND", () => store.read(wrong, gone));
  });
});
