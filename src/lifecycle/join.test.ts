import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import type { State } from "../evidence/index.ts";
import { digestOf } from "../oci/index.ts";
import { type Branches, findBranches } from "./branches.ts";
import { assembleChain } from "./chain.ts";
import type { FoundLinks, Link, Signer } from "./dossier.ts";
import { linkAfter, now, policyOf, release, signer } from "./fixtures/release.ts";
import { planJoin } from "./plan-join.ts";

const ordered = policyOf({}, { ledger: true });
const alone = policyOf();
const run = { id: "7", attempt: 1 };

const one = linkAfter(undefined, "staging");
const two = linkAfter(one, "production");
const rival = linkAfter(one, "revoked");
const twin = linkAfter(one, "production", { reason: "at the same time" });
const later = linkAfter(twin, "retired");

function join(branches: Branches, other: Link, to: State, actor: Signer): Link {
  const promotion = planJoin(
    { to, reason: "two runs at once", advisory: undefined },
    other,
    { release, branches, policy: ordered, actor, now },
    run,
  );
  return { statement: digestOf(JSON.stringify(promotion)), subject: release.subject, promotion, signer: actor };
}

function only(links: readonly Link[]): Link {
  const [link, ...more] = links;
  if (link === undefined || more.length > 0) throw new Error(`expected one link, found ${links.length}`);
  return link;
}

describe("a chain that diverged", () => {
  it("is joined: the ledger's side stays in order, the store's lies beside it", () => {
    const found: FoundLinks = { ledger: [one, two], side: [], store: [one, twin, later] };
    const branches = findBranches(found);
    expect(branches).toEqual({ main: [one, two], others: [later], beside: [twin, later] });
    const joined = join(branches, only(branches.others), "retired", signer("model-owner"));
    expect(joined.promotion).toMatchObject({
      sequence: 3,
      from: "production",
      to: "retired",
      previous: [two.statement, later.statement],
      role: "model-owner",
      reason: "two runs at once",
    });
    const main = [one, two, joined];
    for (const store of [[one, twin, later], [one, two, twin, later], [...main, twin, later], undefined]) {
      const chain = assembleChain(release, { ledger: main, side: branches.beside, store }, ordered);
      expect(chain).toMatchObject({ state: "retired", head: joined.statement, links: main });
      expect(chain.uncopied).toEqual(store === undefined ? [] : main.filter((link) => !store.includes(link)));
    }
    const after = findBranches({ ledger: main, side: branches.beside, store: [one, twin, later] });
    expect(after.others).toEqual([]);
  });

  it("is refused when the store lost what was joined, and has the joining link", async () => {
    const joined = join(
      { main: [one, two], others: [twin], beside: [twin] },
      twin,
      "production",
      signer("platform-lead"),
    );
    const main = [one, two, joined];
    const side = [twin];
    await expectError("CHAIN_DIVERGED", () => assembleChain(release, { ledger: main, side, store: main }, ordered));
    const chain = assembleChain(release, { ledger: main, side, store: [one, two] }, ordered);
    expect(chain.uncopied).toEqual([twin, joined]);
  });

  it("is adopted when the ledger has nothing yet", () => {
    const branches = findBranches({ ledger: [], side: [], store: [one, two] });
    const joined = join(branches, only(branches.others), "production", signer("platform-lead"));
    expect(joined.promotion).toMatchObject({ sequence: 1, from: "experimental", previous: [two.statement] });
    const chain = assembleChain(release, { ledger: [joined], side: branches.beside, store: [one, two] }, ordered);
    expect(chain).toMatchObject({ state: "production", uncopied: [joined] });
  });
});

describe("a chain that forked without a ledger", () => {
  it("is joined: the longest line is the order", () => {
    const branches = findBranches({ ledger: undefined, side: [], store: [two, one, later, twin] });
    expect(branches).toEqual({ main: [one, twin, later], others: [two], beside: [two] });
    const joined = join(branches, two, "production", signer("platform-lead"));
    const store = [joined, two, one, later, twin];
    expect(assembleChain(release, { ledger: undefined, side: [], store }, alone)).toMatchObject({
      links: [one, twin, later, joined],
      state: "production",
    });
  });

  it("may have forked at its beginning", () => {
    const first = linkAfter(undefined, "staging", { reason: "at the same time" });
    const branches = findBranches({ ledger: undefined, side: [], store: [one, two, first] });
    const joined = join(branches, first, "production", signer("platform-lead"));
    const links = { ledger: undefined, side: [], store: [one, two, first, joined] };
    expect(assembleChain(release, links, alone).state).toBe("production");
  });

  it("may have forked in three: each is joined after the other", () => {
    const third = linkAfter(one, "production", { reason: "a third" });
    let store = [one, two, twin, third];
    for (let left = 2; left > 0; left -= 1) {
      const branches = findBranches({ ledger: undefined, side: [], store });
      expect(branches.others).toHaveLength(left);
      const [other] = branches.others;
      if (other === undefined) throw new Error("nothing to join");
      store = [...store, join(branches, other, "production", signer("platform-lead"))];
    }
    expect(assembleChain(release, { ledger: undefined, side: [], store }, alone)).toMatchObject({
      state: "production",
    });
  });
});

describe("a join is refused", () => {
  const branches = findBranches({ ledger: [one, two], side: [], store: [one, twin] });

  it.each<[string, State, Signer]>([
    ["TRANSITION_NOT_ALLOWED", "retired", signer("model-owner")],
    ["TRANSITION_NOT_ALLOWED", "staging", signer("mlops-engineer")],
    ["TRANSITION_NOT_ALLOWED", "experimental", signer("platform-lead")],
    ["ROLE_REQUIRED", "production", signer("mlops-engineer")],
    ["ROLE_REQUIRED", "revoked", signer("platform-lead")],
    ["ROLE_REQUIRED", "production", signer("platform-lead", { until: now })],
  ])("%s: as %s by %o", async (code, to, actor) => {
    await expectError(code, () => join(branches, twin, to, actor));
  });

  it("as anything but revoked when one side was revoked", async () => {
    const sides = findBranches({ ledger: [one, two], side: [], store: [one, rival] });
    await expectError("TRANSITION_NOT_ALLOWED", () => join(sides, rival, "production", signer("platform-lead")));
    const joined = join(sides, rival, "revoked", signer("security"));
    const links = { ledger: [one, two, joined], side: [rival], store: [one, two, rival, joined] };
    expect(assembleChain(release, links, ordered).state).toBe("revoked");
    const turned = findBranches({ ledger: [one, rival], side: [], store: [one, twin] });
    await expectError("TRANSITION_NOT_ALLOWED", () => join(turned, twin, "production", signer("platform-lead")));
    // The same by hand, past the plan.
    const forged = linkAfter(two, "production", { previous: [two.statement, rival.statement] });
    const undone = { ledger: [one, two, forged], side: [rival], store: undefined };
    await expectError("CHAIN_INVALID", () => assembleChain(release, undone, ordered));
  });

  it("to a state that somebody claimed beside the order without authority", async () => {
    const claim = linkAfter(one, "production", { role: "evaluator", signer: signer("evaluator") });
    const sides = findBranches({ ledger: [one], side: [], store: [one, claim] });
    await expectError("TRANSITION_NOT_ALLOWED", () => join(sides, claim, "production", signer("platform-lead")));
    const kept = join(sides, claim, "staging", signer("mlops-engineer"));
    const links = { ledger: [one, kept], side: [claim], store: [one, claim] };
    expect(assembleChain(release, links, ordered).state).toBe("staging");
  });

  it("when what it would join stands on a link that is not there", async () => {
    const sides = findBranches({ ledger: [one, two], side: [], store: [one, later] });
    const error = await expectError("TRANSITION_NOT_ALLOWED", () =>
      join(sides, later, "retired", signer("model-owner")),
    );
    expect(error.message).toContain(twin.statement);
    const forged = linkAfter(two, "retired", { previous: [two.statement, later.statement] });
    const links = { ledger: [one, two, forged], side: [later], store: undefined };
    await expectError("CHAIN_GAP", () => assembleChain(release, links, ordered));
  });

  it("by a key without a role for the state it leads to", async () => {
    const forged = linkAfter(two, "production", {
      previous: [two.statement, twin.statement],
      role: "mlops-engineer",
      signer: signer("mlops-engineer"),
    });
    const links = { ledger: [one, two, forged], side: [twin], store: undefined };
    await expectError("CHAIN_UNAUTHORISED", () => assembleChain(release, links, ordered));
  });
});
