import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlipwayError } from "../errors/index.ts";
import { type Promotion, states } from "../evidence/index.ts";
import { digestOf } from "../oci/index.ts";
import { assembleChain } from "./chain.ts";
import type { Link, Signer } from "./dossier.ts";
import { authority, linkAfter, otherRelease, policyOf, release, signer } from "./fixtures/release.ts";
import { transitionProblem } from "./transition.ts";

const valid = { from: new Date("2026-01-01T00:00:00Z"), until: new Date("2026-12-01T00:00:00Z") };

/** A release's life: each number chooses the next state among those that are allowed, until there is none. */
const life = fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }).map((choices) => {
  const links: Link[] = [];
  for (const choice of choices) {
    const previous = links.at(-1);
    const from = previous?.promotion.to ?? "experimental";
    const next = states.filter((to) => transitionProblem(from, to) === undefined);
    // Mostly the ordinary way.
    const to = next[choice < 8 ? 0 : next.length - 1];
    if (to === undefined) break;
    links.push(linkAfter(previous, to, { signer: signer(authority[to], valid) }));
  }
  return links;
});

type Change = Partial<Promotion> & { readonly signer?: Signer; readonly subject?: Link["subject"] };

/** Changes of which each breaks a link, wherever it stands. */
const changes: readonly ((link: Link) => Change)[] = [
  () => ({ name: "retina/other" }),
  () => ({ version: "9.9.9" }),
  () => ({ variant: "orin" }),
  () => ({ subject: otherRelease("9.9.9").subject }),
  ({ promotion }) => ({ sequence: promotion.sequence + 1 }),
  ({ promotion }) => ({ from: states.find((state) => state !== promotion.from) ?? "archived" }),
  ({ promotion }) => ({
    to: states.find((to) => transitionProblem(promotion.from, to) !== undefined) ?? "experimental",
  }),
  ({ promotion }) => ({ previous: promotion.previous.length === 0 ? [digestOf("x")] : [] }),
  ({ promotion }) => ({ previous: [...promotion.previous, digestOf("x")] }),
  () => ({ role: "builder" }),
  ({ signer: by }) => ({ signer: { ...by, roles: ["builder"] } }),
  () => ({ promotedOn: "2025-12-31T23:59:59Z" }),
  () => ({ promotedOn: "2026-12-01T00:00:00Z" }),
];

function altered(link: Link, change: (link: Link) => Change): Link {
  const { signer: by = link.signer, subject = link.subject, ...said } = change(link);
  const promotion = { ...link.promotion, ...said };
  const statement = digestOf(JSON.stringify([subject, promotion, by.roles]));
  return { statement, subject, promotion, signer: by };
}

const tampering = fc.record({
  kind: fc.constantFrom("drop", "swap", "duplicate", "alter"),
  at: fc.nat(100),
  with: fc.nat(100),
  change: fc.constantFrom(...changes),
});
type Tampering = typeof tampering extends fc.Arbitrary<infer T> ? T : never;

/** The links tampered with, and where the first one was changed; undefined when this does nothing to them. */
function tamper(links: readonly Link[], { kind, at, with: other, change }: Tampering) {
  const [first, second] = [at % links.length, other % links.length].toSorted((a, b) => a - b);
  const [a, b] = [links[first ?? 0], links[second ?? 0]];
  if (first === undefined || second === undefined || a === undefined || b === undefined) return undefined;
  if (kind === "drop") return { place: first, links: links.toSpliced(first, 1) };
  if (kind === "duplicate") return { place: first, links: links.toSpliced(second, 0, a) };
  if (kind === "alter") return { place: first, links: links.with(first, altered(a, change)) };
  return first === second ? undefined : { place: first, links: links.with(first, b).with(second, a) };
}

function isRefused({ ledger, store }: { ledger?: readonly Link[]; store?: readonly Link[] | undefined }): boolean {
  const policy = policies[ledger === undefined ? "alone" : "ordered"];
  try {
    assembleChain(release, { ledger, side: [], store }, policy);
    return false;
  } catch (error) {
    if (error instanceof SlipwayError && error.family === "refused") return true;
    throw error;
  }
}

const policies = { alone: policyOf(), ordered: policyOf({}, { ledger: true }) };

describe("of chains that a release's life made", () => {
  it("all are accepted, and every one that was tampered with in the ledger is not", () => {
    fc.assert(
      fc.property(life, tampering, (links, how) => {
        expect(isRefused({ ledger: links, store: links })).toBe(false);
        expect(isRefused({ ledger: links, store: undefined })).toBe(false);
        const tampered = tamper(links, how);
        if (tampered === undefined) return;
        expect(isRefused({ ledger: tampered.links, store: links })).toBe(true);
        // With nothing to compare, a ledger that was cut at its end is a shorter one; Git's own history is not.
        const cut = how.kind === "drop" && tampered.place === links.length - 1;
        expect(isRefused({ ledger: tampered.links, store: undefined })).toBe(!cut);
      }),
      { numRuns: 400 },
    );
  });

  it("those whose copy was tampered with are refused, except for an end that is not copied yet", () => {
    fc.assert(
      fc.property(life, tampering, (links, how) => {
        const tampered = tamper(links, how);
        if (tampered === undefined) return;
        const end = how.kind === "drop" && tampered.place === links.length - 1;
        const harmless = end || how.kind === "swap" || how.kind === "duplicate";
        expect(isRefused({ ledger: links, store: tampered.links })).toBe(!harmless);
      }),
      { numRuns: 400 },
    );
  });

  it("without a ledger all that is not noticed is that the end is gone", () => {
    fc.assert(
      fc.property(life, tampering, (links, how) => {
        expect(isRefused({ store: links })).toBe(false);
        const tampered = tamper(links, how);
        if (tampered === undefined) return;
        const end = how.kind === "drop" && tampered.place === links.length - 1;
        const harmless = end || how.kind === "swap" || how.kind === "duplicate";
        expect(isRefused({ store: tampered.links })).toBe(!harmless);
      }),
      { numRuns: 400 },
    );
  });
});
