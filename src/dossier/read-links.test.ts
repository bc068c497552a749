import { expect, it } from "vitest";
import { keyOf, type Person, Scene } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { encodeStatement, evidenceType, predicateType } from "../evidence/index.ts";
import { type Digest, digestOf, hexOf } from "../oci/index.ts";
import { signStatement } from "../signing/index.ts";
import { readLedgerEntry } from "./read-links.ts";

const scene = await Scene.open();
await scene.promote("staging", { by: "erin" });
const [entry] = (await scene.ledger?.entries("retina/seg")) ?? [];
const { chain, dossier } = await scene.look();
const [link] = chain.links;
if (entry === undefined || link === undefined) throw new Error("a promotion leaves a link");

const read = (bundle: Uint8Array) => readLedgerEntry({ ...entry, bundle, path: "0001.json" }, scene.inForce.trust);
const signed = (payload: Uint8Array, by: Person) => signStatement(payload, keyOf(by));
const about = (subject: Digest) => encodeStatement(subject, predicateType.promotion, link.promotion);

const approval = { to: "staging", reason: "Fine", approvedOn: "2026-11-20T12:00:00Z" };

/** The same statement with another list of subjects. */
function aboutMany(...subjects: readonly Digest[]): Uint8Array {
  const subject = subjects.map((digest) => ({ digest: { sha256: hexOf(digest) } }));
  const { promotion: predicate } = link ?? {};
  return Buffer.from(
    JSON.stringify({ _type: evidenceType.statement, subject, predicateType: predicateType.promotion, predicate }),
  );
}

it("reads what was signed, by whom, and about what", () => {
  expect(read(entry.bundle)).toEqual({
    statement: link.statement,
    subject: dossier.subject,
    promotion: link.promotion,
    signer: scene.actor("erin"),
  });
});

it("does not ask whether the signer may: that is judged with the whole chain", async () => {
  expect(read(await signed(about(dossier.subject), "judge")).signer.name).toBe("judge");
});

it.each([
  ["that is no bundle", Buffer.from("{}"), /not a well-formed sigstore bundle/],
  ["of a stranger", await signed(about(dossier.subject), "stranger"), /a key that is not trusted here/],
  [
    "that was altered",
    Buffer.from(
      Buffer.from(entry.bundle)
        .toString("utf8")
        .replace(/"payload":"./, '"payload":"f'),
    ),
    /does not hold/,
  ],
  [
    "that is an approval",
    await signed(encodeStatement(dossier.subject, predicateType.approval, approval), "erin"),
    /0001\.json states urn:slipway:approval:v1 and is not a promotion/,
  ],
  [
    "whose promotion lacks what a promotion says",
    await signed(encodeStatement(dossier.subject, predicateType.promotion, { to: "staging" }), "erin"),
    /its predicate is malformed/,
  ],
  ["about two releases", await signed(aboutMany(dossier.subject, digestOf("another")), "erin"), /is not a promotion/],
] as const)("refuses a file %s", async (_, bundle, says) => {
  const { message } = await expectError("LEDGER_ENTRY_REFUSED", () => read(bundle));
  expect(message).toContain("0001.json");
  expect(message).toMatch(says);
});
