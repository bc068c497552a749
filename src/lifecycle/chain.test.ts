import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { states } from "../evidence/index.ts";
import { digestOf } from "../oci/index.ts";
import { assembleChain } from "./chain.ts";
import type { FoundLinks, Link } from "./dossier.ts";
import { linkAfter, linksTo, otherRelease, policyOf, release, signer } from "./fixtures/release.ts";
import { transitionProblem } from "./transition.ts";

const ordered = policyOf({}, { ledger: true });
const alone = policyOf();

const [one, two, three] = linksTo(["staging", "production", "retired"]);
if (one === undefined || two === undefined || three === undefined) throw new Error("three links were asked for");

const ledger = (main: readonly Link[], store: readonly Link[] | undefined = main, side: readonly Link[] = []) =>
  ({ ledger: main, side, store }) satisfies FoundLinks;
const store = (...links: Link[]): FoundLinks => ({ ledger: undefined, side: [], store: links });

function assemble(links: FoundLinks) {
  return assembleChain(release, links, links.ledger === undefined ? alone : ordered);
}

describe("a chain that is whole", () => {
  it.each([
    ["in both places", ledger([one, two, three])],
    ["when the store has it in any order, and twice", ledger([one, two, three], [three, one, two, one])],
    ["when the store is out of reach", { ledger: [one, two, three], side: [], store: undefined }],
    ["in the store alone", store(two, three, one, two)],
  ])("is assembled %s", (_, links) => {
    expect(assemble(links)).toEqual({
      links: [one, two, three],
      state: "retired",
      head: three.statement,
      uncopied: [],
    });
  });

  it("is experimental without a link", () => {
    const none = { links: [], state: "experimental", head: undefined, uncopied: [] };
    expect(assemble(store())).toEqual(none);
    expect(assemble(ledger([]))).toEqual(none);
  });

  it.each([
    [[one, two], [three]],
    [[one], [two, three]],
    [[], [one, two, three]],
  ])("may lack its end in the store", (copied, uncopied) => {
    expect(assemble(ledger([one, two, three], copied))).toMatchObject({ state: "retired", uncopied });
  });

  it.each(["2026-04-01T00:00:00Z", "2026-04-30T23:59:59Z"])(
    "may have a link of %s by a key that has run out since",
    (promotedOn) => {
      const validity = { from: new Date("2026-04-01T00:00:00Z"), until: new Date("2026-05-01T00:00:00Z") };
      const link = linkAfter(undefined, "staging", { signer: signer("mlops-engineer", validity), promotedOn });
      expect(assemble(store(link)).state).toBe("staging");
    },
  );
});

describe("a chain that is not whole is refused", () => {
  const foreign = linkAfter(undefined, "staging", { of: otherRelease("2.4.0") });
  const renamed = linkAfter(undefined, "staging", { variant: "orin" });
  const rival = linkAfter(one, "production", { reason: "at the same time" });
  const rivalFirst = linkAfter(undefined, "staging", { reason: "at the same time" });
  const expired = signer("mlops-engineer", { until: new Date("2025-01-01T00:00:00Z") });
  const early = signer("mlops-engineer", { from: new Date("2027-01-01T00:00:00Z") });
  const [x, y] = [digestOf("x"), digestOf("y")];
  const circle: Link[] = [
    { ...linkAfter(undefined, "staging", { previous: [y] }), statement: x },
    { ...linkAfter(undefined, "staging", { previous: [x] }), statement: y },
  ];

  it.each<[string, string, FoundLinks]>([
    ["CHAIN_GAP", "the first is missing", ledger([two, three])],
    ["CHAIN_GAP", "one between is missing", ledger([one, three])],
    ["CHAIN_GAP", "a number is left out", ledger([one, linkAfter(one, "production", { sequence: 3 })])],
    ["CHAIN_GAP", "the first names a parent", ledger([linkAfter(undefined, "staging", { previous: [digestOf("x")] })])],
    ["CHAIN_GAP", "a parent is unknown", ledger([one, linkAfter(one, "production", { previous: [digestOf("x")] })])],
    ["CHAIN_GAP", "the first is missing", store(two, three)],
    ["CHAIN_GAP", "one between is missing", store(one, three)],
    [
      "CHAIN_GAP",
      "what is joined is missing",
      ledger([one, linkAfter(one, "staging", { previous: [one.statement, digestOf("x")] })]),
    ],
    ["CHAIN_FORKED", "two have one number", ledger([one, two, rival])],
    ["CHAIN_FORKED", "two follow one", ledger([one, two, linkAfter(two, "retired", { previous: [one.statement] })])],
    ["CHAIN_FORKED", "one begins anew", ledger([one, linkAfter(one, "production", { previous: [] })])],
    ["CHAIN_FORKED", "two ends", store(one, two, rival)],
    ["CHAIN_FORKED", "two beginnings", store(one, rivalFirst)],
    ["CHAIN_FORKED", "one beside the order is not joined", ledger([one, two], [one, two, rival], [rival])],
    ["CHAIN_FOREIGN", "another release's", ledger([foreign])],
    ["CHAIN_FOREIGN", "another release's, in the store", ledger([one], [one, foreign])],
    ["CHAIN_FOREIGN", "another release's, beside", ledger([one], [one], [foreign])],
    ["CHAIN_FOREIGN", "another variant's name over the same subject", store(renamed)],
    ["CHAIN_INVALID", "two are swapped", ledger([two, one])],
    ["CHAIN_INVALID", "the later two are swapped", ledger([one, three, two])],
    ["CHAIN_INVALID", "one stands twice", ledger([one, one])],
    ["CHAIN_INVALID", "a state is skipped", store(linkAfter(undefined, "production"))],
    ["CHAIN_INVALID", "it starts from another state", store(linkAfter(undefined, "production", { from: "staging" }))],
    ["CHAIN_INVALID", "nothing changes", store(one, linkAfter(one, "staging"))],
    ["CHAIN_INVALID", "it leads back to the beginning", store(one, linkAfter(one, "experimental"))],
    ["CHAIN_INVALID", "it goes on after a revocation", store(...linksTo(["staging", "revoked", "revoked"]))],
    [
      "CHAIN_FORKED",
      "two have one number",
      store(linkAfter(undefined, "staging", { sequence: 1 }), linkAfter(one, "production", { sequence: 1 })),
    ],
    [
      "CHAIN_INVALID",
      "it joins what it follows",
      ledger([one, two, linkAfter(two, "production", { previous: [two.statement, one.statement] })]),
    ],
    ["CHAIN_FORKED", "a circle beside it", store(one, ...circle)],
    ["CHAIN_INVALID", "nothing but a circle", store(...circle)],
    [
      "CHAIN_UNAUTHORISED",
      "a role that may not",
      store(linkAfter(undefined, "staging", { role: "builder", signer: signer("builder") })),
    ],
    [
      "CHAIN_UNAUTHORISED",
      "a role that the key does not have",
      store(linkAfter(undefined, "staging", { signer: signer("builder") })),
    ],
    [
      "CHAIN_UNAUTHORISED",
      "a role of the key that may not, though another may",
      store(
        linkAfter(undefined, "staging", {
          role: "builder",
          signer: signer("builder", { roles: ["builder", "mlops-engineer"] }),
        }),
      ),
    ],
    ["CHAIN_UNAUTHORISED", "a key that had run out", store(linkAfter(undefined, "staging", { signer: expired }))],
    ["CHAIN_UNAUTHORISED", "a key that was not valid yet", store(linkAfter(undefined, "staging", { signer: early }))],
    ["CHAIN_DIVERGED", "the store has a link more", ledger([one], [one, two])],
    ["CHAIN_DIVERGED", "the ledger was emptied", ledger([], [one, two])],
    ["CHAIN_DIVERGED", "the store has another second link", ledger([one, two], [one, rival])],
    ["CHAIN_DIVERGED", "the store lacks one between", ledger([one, two, three], [one, three])],
    ["CHAIN_DIVERGED", "the store lacks the first", ledger([one, two, three], [two, three])],
    ["CHAIN_UNREADABLE", "nothing was read", { ledger: undefined, side: [], store: undefined }],
  ])("%s: %s", async (code, _, links) => {
    const error = await expectError(code, () => assemble(links));
    expect(error.family).toBe("refused");
    if (code !== "CHAIN_UNREADABLE") expect(error.message).toContain("retina/seg 2.4.1 jetson");
  });

  it("when the ledger that the policy names was not read", async () => {
    await expectError("CHAIN_UNREADABLE", () => assembleChain(release, store(one), ordered));
  });

  it("names the link by its digest and the way out", async () => {
    const forked = await expectError("CHAIN_FORKED", () => assemble(store(one, two, rival)));
    expect(forked.details).toEqual([expect.stringContaining(two.statement), expect.stringContaining(rival.statement)]);
    expect(forked.remedy).toContain("promote --resolve");
    const invalid = await expectError("CHAIN_INVALID", () => assemble(ledger([two, one])));
    expect(invalid.message).toContain(`link 2 ${two.statement}`);
  });

  it("cannot notice without a ledger that the last link is gone", () => {
    expect(assemble(store(one, two)).state).toBe("production");
  });
});

describe("transitions", () => {
  it("go in order, or to revoked", () => {
    const allowed = states.flatMap((from) =>
      states.filter((to) => transitionProblem(from, to) === undefined).map((to) => `${from} ${to}`),
    );
    expect(allowed).toEqual([
      "experimental staging",
      "experimental revoked",
      "staging production",
      "staging revoked",
      "production retired",
      "production revoked",
      "retired archived",
      "retired revoked",
      "archived revoked",
    ]);
  });
});
