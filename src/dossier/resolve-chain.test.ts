import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Act, Scene } from "../../test/support/dossier-scene.ts";
import { openLayout } from "../../test/support/packed-release.ts";
import { PromotedReleases } from "../../test/support/promoted-releases.ts";
import { expectError } from "../../test/support/refusal.ts";
import { rememberSignatures } from "../../test/support/remembered-signatures.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import type { State } from "../evidence/index.ts";
import { GitLedger, Repositories } from "../gitops/index.ts";
import { attachStatement, fetchBundle, keySigner, readSigningKey } from "../signing/index.ts";
import { type PromotionOutcome, promoteRelease } from "./promote-release.ts";
import { readPolicy } from "./read-policy.ts";
import { resolveChain } from "./resolve-chain.ts";
import { type PolicyInForce, readSituation } from "./situation.ts";

type Target = Exclude<State, "experimental">;

beforeAll(rememberSignatures);

describe("in the registry alone", () => {
  function promoted(outcome: PromotionOutcome) {
    if (outcome.kind === "refused") throw outcome.refusal;
    return outcome.link.statement;
  }

  /** Brings the links of another copy of the store along. */
  async function union(scene: Scene, other: Scene): Promise<void> {
    const subject = scene.subject();
    for (const { tag, descriptor } of await other.store.list()) {
      if (!tag?.includes("_link.")) continue;
      const bundle = await fetchBundle(other.store, subject.digest, descriptor.digest);
      await attachStatement(scene.store, {
        format: "bundle",
        subject,
        bundle,
        predicateType: "urn:slipway:promotion:v1",
        tag: `1.0.0-jetson_copy.${descriptor.digest.slice(7, 15)}.1`,
        created: new Date("2026-06-05T00:00:00Z"),
      });
    }
  }

  /** Copies of a store, each with a promotion to staging of its own, brought together in the first. */
  async function forked(...runs: readonly [string, ...string[]]) {
    const scene = await Scene.open({ ledger: false });
    const others = runs.slice(1).map((run) => ({ run, copy: scene.copy() }));
    const links = [promoted(await scene.promote("staging", { by: "erin", run: runs[0] }))];
    for (const { run, copy } of others) {
      links.push(promoted(await copy.promote("staging", { by: "emil", run, at: "2026-06-01T13:00:00Z" })));
      await union(scene, copy);
    }
    return { scene, links };
  }

  const resolve = (scene: Scene, to: Target, act: Act) =>
    resolveChain({ digest: scene.subject().digest }, scene.order(to, act), scene);

  it("signs a link with two parents, after which promotions go on", async () => {
    const { scene, links } = await forked("1", "2");
    const outcome = await resolve(scene, "staging", { by: "emil", run: "3" });
    expect(outcome).toMatchObject({ commit: undefined, dossier: { version: "1.0.0" } });
    expect(outcome?.link.promotion).toMatchObject({
      sequence: 2,
      from: "staging",
      to: "staging",
      // Of two equal ones that which was there first is gone on from.
      previous: links,
      role: "mlops-engineer",
      reason: "Because",
      run: { id: "3" },
    });
    const { chain } = await scene.look();
    expect(chain).toMatchObject({ state: "staging", head: outcome?.link.statement });
    await scene.promote("production", { by: "lena", run: "4" });
    const after = await scene.look();
    expect([after.chain.state, after.chain.links.length]).toEqual(["production", 3]);
    const hints = (await scene.store.list()).filter(({ tag }) => /_(staging|production)$/.test(tag ?? ""));
    expect(hints.map(({ tag }) => tag)).toEqual(["1.0.0-jetson_production"]);
  });

  it("joins as the state of either side, when both went on", async () => {
    const scene = await Scene.open({ ledger: false });
    await scene.promote("staging", { by: "erin", run: "1" });
    const other = scene.copy();
    await scene.promote("production", { by: "lena", run: "2" });
    await other.promote("revoked", { by: "sam", run: "3" });
    await union(scene, other);
    await expectError("CHAIN_FORKED", () => scene.look());
    const { message } = await expectError("TRANSITION_NOT_ALLOWED", () =>
      resolve(scene, "production", { by: "lena", run: "4" }),
    );
    expect(message).toContain("revoked on one side");
    await resolve(scene, "revoked", { by: "sam", run: "4" });
    expect((await scene.look()).chain.state).toBe("revoked");
  });

  it("joins three branches one after the other, also within one run", async () => {
    const { scene } = await forked("1", "2", "3");
    const act = { by: "erin", run: "4", at: "2026-06-02T12:00:00Z" } as const;
    expect((await resolve(scene, "staging", act))?.link.promotion.sequence).toBe(2);
    await expectError("CHAIN_FORKED", () => scene.look());
    expect((await resolve(scene, "staging", act))?.link.promotion.sequence).toBe(3);
    expect(await resolve(scene, "staging", act)).toBeUndefined();
    expect((await scene.look()).chain).toMatchObject({ state: "staging" });
  });

  it("is done by exactly one of two runs at once", async () => {
    const { scene } = await forked("1", "2");
    const ended = await Promise.allSettled([
      resolve(scene, "staging", { by: "erin", run: "3" }),
      resolve(scene, "staging", { by: "emil", run: "4" }),
    ]);
    expect(ended).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "STATE_MOVED" } }]);
    expect((await scene.look()).chain.links).toHaveLength(2);
  });

  it("has nothing to do for a chain that is whole, or that is none", async () => {
    const scene = await Scene.open({ ledger: false });
    expect(await resolve(scene, "staging", { by: "erin" })).toBeUndefined();
    await scene.promote("staging", { by: "erin" });
    const before = await scene.store.list();
    expect(await resolve(scene, "staging", { by: "erin" })).toBeUndefined();
    expect(await scene.store.list()).toEqual(before);
  });

  it.each([
    ["ci", "staging", "ROLE_REQUIRED", /"ci" has the role builder; .* is joined as staging by mlops-engineer/],
    ["lena", "staging", "ROLE_REQUIRED", /platform-lead/],
    ["lena", "production", "TRANSITION_NOT_ALLOWED", /joined as staging or revoked, not as production/],
    ["erin", "revoked", "ROLE_REQUIRED", /by security/],
  ] as const)("%s may not join it as %s", async (by, to, code, says) => {
    const { scene } = await forked("1", "2");
    const before = await scene.store.list();
    const { message } = await expectError(code, () => resolve(scene, to, { by, run: "3" }));
    expect(message).toMatch(says);
    expect(await scene.store.list()).toEqual(before);
  });
});

describe("with a ledger in Git", () => {
  let root: Temporary;
  let staged: PromotedReleases;
  /** The same release, promoted to production. */
  let ahead: PromotedReleases;
  /** Its ledger is that of the first, and its store that of the second. */
  let diverged: PromotedReleases;
  beforeAll(async () => {
    root = await temporaryDirectory();
    staged = await PromotedReleases.build(root.at("staged"), { "1.0.0": "staging" });
    ahead = await copyOf(staged);
    await ahead.promote("1.0.0", "production", "lena");
    diverged = await copyOf(staged);
    await takeStore(diverged, ahead);
  });
  afterAll(() => root[Symbol.asyncDispose]());

  let copies = 0;
  const copyOf = (releases: PromotedReleases) => {
    copies += 1;
    return releases.copyTo(root.at(`copy-${copies}`));
  };

  /** Puts one copy's store into the place of another's. */
  async function takeStore(to: PromotedReleases, from: PromotedReleases): Promise<void> {
    await rm(join(to.directory, "store"), { recursive: true });
    await cp(join(from.directory, "store"), join(to.directory, "store"), { recursive: true });
  }

  /** Works with the store and the ledger of a copy, as a step does. */
  async function at<T>(
    { directory }: PromotedReleases,
    work: (ports: Parameters<typeof resolveChain>[2] & { readonly ledger: GitLedger }) => Promise<T>,
  ): Promise<T> {
    await using repositories = new Repositories({
      signal: new AbortController().signal,
      now: () => new Date("2026-11-20T11:00:00Z"),
      committer: { name: "somebody", email: "somebody@example.com" },
      base: directory,
      token: undefined,
    });
    const ledger = new GitLedger(await repositories.open({ repository: "gitops.git", branch: "main" }), "gitops.git");
    const { store, pool } = await openLayout(join(directory, "store"));
    await using _ = pool;
    return await work({ store, ledger, inForce: await readPolicy(join(directory, "policy.yaml")) });
  }

  const look = (releases: PromotedReleases) =>
    at(releases, ({ store, ledger, inForce }) =>
      readSituation({ digest: releases.subject("1.0.0") }, store, ledger, inForce),
    );

  /** What somebody asks for in a copy. */
  async function orderOf({ directory }: PromotedReleases, { trust }: PolicyInForce, to: Target, by: string) {
    const key = keySigner(readSigningKey(await readFile(join(directory, `${by}.pem`)), undefined, by));
    const actor = trust.signerOf(key.signatory);
    if (actor === undefined) throw new Error(`${by} is not in the policy`);
    return {
      request: { to, reason: "Both were looked at", advisory: "ADV-1", retirement: undefined },
      signer: key,
      format: "bundle" as const,
      actor,
      consumers: undefined,
      run: { id: "9", attempt: 1 },
      now: new Date("2026-11-20T11:00:00Z"),
      message: () => ({ subject: `Make it ${to}`, body: "", trailers: [] }),
    };
  }

  const resolve = (releases: PromotedReleases, to: Target, by: string) =>
    at(releases, async (ports) =>
      resolveChain({ digest: releases.subject("1.0.0") }, await orderOf(releases, ports.inForce, to, by), ports),
    );

  const revoke = (releases: PromotedReleases) =>
    at(releases, async (ports) => {
      const { store, ledger, inForce } = ports;
      const situation = await readSituation({ digest: releases.subject("1.0.0") }, store, ledger, inForce);
      expect(await promoteRelease(await orderOf(releases, inForce, "revoked", "sam"), situation, ports)).toMatchObject({
        kind: "promoted",
      });
    });

  it("a link that only the store has is put beside the order, and joined", async () => {
    const releases = await copyOf(diverged);
    await expectError("CHAIN_DIVERGED", () => look(releases));
    const outcome = await resolve(releases, "production", "lena");
    expect(outcome?.link.promotion).toMatchObject({ sequence: 2, from: "staging", to: "production" });
    expect(outcome?.link.promotion.previous).toHaveLength(2);
    expect(releases.lastCommit("%H %s")).toBe(`${outcome?.commit} Make it production`);
    const files = releases.list("slipway/ledger").map((path) => path.replace(/[0-9a-f]{64}/, "…"));
    expect(files).toEqual(
      ["0001.json", "0002.json", "side/….json"].map((file) => `slipway/ledger/retina+seg/1.0.0-jetson/${file}`),
    );
    const { chain } = await look(releases);
    expect(chain).toMatchObject({ state: "production", uncopied: [], head: outcome?.link.statement });
    await revoke(releases);
    expect((await look(releases)).chain).toMatchObject({ state: "revoked", uncopied: [] });
  });

  it("a fork, with one link in the ledger and another in the store, is joined as it is in the ledger", async () => {
    const releases = await copyOf(ahead);
    const other = await copyOf(staged);
    await revoke(other);
    await takeStore(releases, other);
    const { details } = await expectError("CHAIN_DIVERGED", () => look(releases));
    expect(details).toEqual([expect.stringMatching(/only in the store: link 2 .* staging → revoked by security\/sam/)]);
    await expectError("TRANSITION_NOT_ALLOWED", () => resolve(releases, "production", "lena"));
    const outcome = await resolve(releases, "revoked", "sam");
    expect(outcome?.link.promotion).toMatchObject({ sequence: 3, from: "production", to: "revoked" });
    // The store has the link, too, that only the ledger had.
    const { chain, dossier } = await look(releases);
    expect([chain.state, chain.uncopied, dossier.links.store?.length, dossier.links.side.length]).toEqual([
      "revoked",
      [],
      4,
      1,
    ]);
  });

  it("a join that was cut off before it came to the store is no branch any more: to promote completes it", async () => {
    const releases = await copyOf(diverged);
    const before = await copyOf(diverged);
    const outcome = await resolve(releases, "production", "lena");
    await takeStore(releases, before);
    expect(await resolve(releases, "production", "lena")).toBeUndefined();
    expect((await look(releases)).chain.uncopied).toMatchObject([{ statement: outcome?.link.statement }]);
    await releases.promote("1.0.0", "production", "lena");
    expect((await look(releases)).chain).toMatchObject({ state: "production", uncopied: [] });
  });

  it("a link that only the ledger has is no branch either", async () => {
    const releases = await copyOf(ahead);
    await takeStore(releases, staged);
    expect((await look(releases)).chain).toMatchObject({
      state: "production",
      uncopied: [{ promotion: { sequence: 2 } }],
    });
    const commits = releases.commits();
    expect(await resolve(releases, "production", "lena")).toBeUndefined();
    await releases.promote("1.0.0", "production", "lena");
    expect((await look(releases)).chain).toMatchObject({ state: "production", uncopied: [] });
    expect(releases.commits()).toBe(commits);
  });

  it.each([
    ["ci", "production"],
    ["erin", "production"],
    ["lena", "revoked"],
  ] as const)("%s may not join it as %s, and nothing is written", async (by, to) => {
    const commits = diverged.commits();
    await expectError("ROLE_REQUIRED", () => resolve(diverged, to, by));
    expect(diverged.commits()).toBe(commits);
    await expectError("CHAIN_DIVERGED", () => look(diverged));
  });
});
