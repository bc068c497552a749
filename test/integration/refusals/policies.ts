import { rm } from "node:fs/promises";
import { signedBundle, statement } from "./envelope.ts";
import { keys, type Place } from "./place.ts";
import {
  detach,
  evaluate,
  evaluationOf,
  forgeLink,
  linkAt,
  type PolicyChanges,
  promote,
  result,
  writePolicy,
} from "./promoted.ts";
import type { Row } from "./row.ts";

type Purpose = "promote" | "deploy" | "rollback" | "serve" | "audit";

const place = (purpose: Purpose) => ({
  key: "",
  policy: "policy.yaml",
  for: purpose,
  ...((purpose === "deploy" || purpose === "rollback") && { environment: "live" }),
});

/** A release in production, of which something is wrong. */
function wrong(
  what: string,
  purpose: Purpose,
  code: string,
  harm: (place: Place) => Promise<unknown>,
  policy?: PolicyChanges,
): Row {
  return {
    what: `${what}, to ${purpose}`,
    code,
    async make(at) {
      await harm(at);
      if (policy !== undefined) await writePolicy(at, policy);
      return place(purpose);
    },
  };
}

/** The other release, which was never promoted. */
function fresh(what: string, code: string, attach: (place: Place) => Promise<unknown>): Row {
  return {
    what: `${what}, to promote`,
    code,
    async make(at) {
      await attach(at);
      return { ...place("promote"), subject: at.reference(at.other) };
    },
  };
}

const loseEvaluation = async (at: Place) => rm(at.blob(await evaluationOf(at)));
const nothing = async () => {};
const retire = (at: Place) => promote(at, "retired", "lena");

export const policyRows: readonly Row[] = [
  wrong("a release in production", "deploy", "accepted", nothing),
  wrong("a release in production", "rollback", "accepted", nothing),
  fresh("a signed and evaluated release", "accepted", (at) => evaluate(at, at.other)),
  fresh("a release that nobody signed", "SIGNATURE_MISSING", nothing),
  fresh("a signature in the wrong role", "ROLE_MISSING", (at) =>
    at.attach(signedBundle(statement(at.other), { by: keys.erin }), {}, at.other),
  ),
  fresh("a signature by a stranger", "KEY_UNTRUSTED", (at) =>
    at.attach(signedBundle(statement(at.other), { by: keys.stranger }), {}, at.other),
  ),
  fresh("no evaluation", "GATE_UNMET", (at) => at.attach(signedBundle(statement(at.other)), {}, at.other)),
  fresh("an evaluation in the wrong role", "GATE_UNMET", async (at) => {
    await at.attach(signedBundle(statement(at.other)), {}, at.other);
    await at.attach(result(at.other, "PASSED", "2026-01-02T03:00:00Z", keys.builder), {}, at.other);
  }),
  fresh("an evaluation of another release", "GATE_UNMET", async (at) => {
    await at.attach(signedBundle(statement(at.other)), {}, at.other);
    await at.attach(result(at.release, "PASSED", "2026-01-02T03:00:00Z"), {}, at.other);
  }),
  fresh("a failed evaluation behind an older pass", "GATE_UNMET", async (at) => {
    await evaluate(at, at.other);
    await at.attach(result(at.other, "FAILED", "2026-01-02T03:01:00Z"), {}, at.other);
  }),
  fresh("a failed evaluation before a later pass", "GATE_UNMET", async (at) => {
    await evaluate(at, at.other);
    await at.attach(result(at.other, "FAILED", "2026-01-02T02:00:00Z"), {}, at.other);
  }),
  fresh("an evaluation from the future", "GATE_UNMET", async (at) => {
    await at.attach(signedBundle(statement(at.other)), {}, at.other);
    await at.attach(result(at.other, "PASSED", "2026-01-03T03:00:00Z"), {}, at.other);
  }),
  wrong("a key past its end", "deploy", "RELEASE_UNSIGNED", nothing, { until: "2026-01-02T03:04:05Z" }),
  wrong("a key past its end, in use when a link was made", "rollback", "RELEASE_UNSIGNED", nothing, {
    until: "2026-01-02T03:04:05Z",
  }),
  wrong("times that nobody vouches for", "deploy", "CHAIN_UNAUTHORISED", nothing, { times: "proven" }),
  wrong("an old promotion after the retirement", "deploy", "STATE_NOT_PERMITTED", async (at) => {
    const { bytes } = await linkAt(at, 2);
    await retire(at);
    await at.attach(bytes);
  }),
  wrong("an old promotion under a new number after the retirement", "deploy", "CHAIN_FORKED", async (at) => {
    await retire(at);
    await forgeLink(at, { sequence: 4, from: "retired" }, "lena");
  }),
  wrong("a chain without its first link", "deploy", "CHAIN_GAP", async (at) =>
    detach(at, (await linkAt(at, 1)).manifest),
  ),
  wrong("a chain with two ends", "deploy", "CHAIN_FORKED", (at) =>
    forgeLink(at, { run: { id: "8", attempt: 1 } }, "lena"),
  ),
  wrong("a link by somebody without the role", "deploy", "CHAIN_UNAUTHORISED", async (at) => {
    const { manifest, link } = await linkAt(at, 2);
    await forgeLink(at, { run: { id: "8", attempt: 1 } }, "erin");
    await detach(at, manifest);
    if (link.to !== "production") throw new Error("not the last link");
  }),
  wrong("a link that skips a state", "deploy", "CHAIN_INVALID", async (at) => {
    const { manifest } = await linkAt(at, 2);
    await forgeLink(at, { from: "retired", to: "archived", role: "platform-lead" }, "lena");
    await detach(at, manifest);
  }),
  wrong("a link of another release", "deploy", "CHAIN_FOREIGN", (at) => forgeLink(at, { version: "9.9.9" }, "lena")),
  wrong("an evaluation that was collected as garbage", "deploy", "EVIDENCE_LOST", loseEvaluation),
  wrong("an evaluation that was collected as garbage", "rollback", "EVIDENCE_LOST", loseEvaluation),
  wrong("an evaluation that was collected as garbage", "serve", "accepted", loseEvaluation),
  wrong("an evaluation that was collected as garbage", "audit", "accepted", loseEvaluation),
];

/** A release in production whose promotions a ledger orders. */
export const ledgerRows: readonly Row[] = [
  wrong("a release in a ledger", "deploy", "accepted", nothing),
  wrong("a store without the last link", "deploy", "CHAIN_DIVERGED", async (at) =>
    detach(at, (await linkAt(at, 2)).manifest),
  ),
  wrong("a store with a link that the ledger lacks", "deploy", "CHAIN_DIVERGED", (at) =>
    forgeLink(at, { sequence: 3, from: "production", to: "retired", run: { id: "8", attempt: 1 } }, "lena"),
  ),
  wrong("an evaluation that the ledger's pack still has", "deploy", "accepted", loseEvaluation),
  wrong("a ledger that is gone", "deploy", "GIT_NOT_FOUND", (at) =>
    rm(`${at.directory}/gitops.git`, { recursive: true }),
  ),
];
