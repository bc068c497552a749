import { createPublicKey, ECDH } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyOf, type Person } from "../../test/support/dossier-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { parsePolicy } from "../lifecycle/index.ts";
import { trustOf } from "./trust.ts";

interface Member {
  readonly name: string;
  readonly key: string;
  readonly from?: string;
  readonly until?: string;
}

function trustIn(roles: Readonly<Record<string, readonly Member[]>>) {
  const all = { builder: [member("ci")], ...roles };
  const transitions = { staging: { roles: ["builder"], gates: ["owner"] } };
  const text = JSON.stringify({ roles: all, transitions: { ...transitions, production: transitions.staging } });
  return trustOf(parsePolicy(Buffer.from(text), "release-policy.yaml"));
}

const member = (person: Person, more: Partial<Member> = {}): Member => ({ name: person, key: pemOf(person), ...more });

function pemOf(person: Person): string {
  return String(keyOf(person).recognises.keys[0]?.key.export({ type: "spki", format: "pem" }));
}

/** The same key with its point compressed: another text, and the same key all the same. */
function compressed(person: Person): string {
  const point = createPublicKey(pemOf(person)).export({ type: "spki", format: "der" }).subarray(-65);
  const short = ECDH.convertKey(point, "prime256v1", undefined, undefined, "compressed");
  const head = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
  const body = Buffer.concat([head, Buffer.from(short)]).toString("base64");
  return `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
}

const signerOf = (trust: ReturnType<typeof trustIn>, person: Person) => trust.signerOf(keyOf(person).signatory);

describe("whoever holds a key of the policy", () => {
  it("is known by its fingerprint, with name, role and period", () => {
    const trust = trustIn({
      evaluator: [member("judge", { from: "2026-01-01T00:00:00Z", until: "2026-07-01T00:00:00Z" })],
    });
    expect(signerOf(trust, "judge")).toEqual({
      fingerprint: keyOf("judge").signatory.fingerprint,
      name: "judge",
      roles: ["evaluator"],
      from: new Date("2026-01-01T00:00:00Z"),
      until: new Date("2026-07-01T00:00:00Z"),
    });
    expect(signerOf(trust, "stranger")).toBeUndefined();
    expect(trust.signers.keys.map(({ fingerprint }) => fingerprint)).toEqual(
      [keyOf("ci"), keyOf("judge")].map(({ signatory }) => signatory.fingerprint),
    );
  });

  it("is one signer with several roles, however the key is written", () => {
    const trust = trustIn({
      security: [member("sam")],
      "platform-lead": [{ name: "samuel", key: compressed("sam") }],
    });
    expect(signerOf(trust, "sam")).toMatchObject({ name: "sam", roles: ["security", "platform-lead"] });
    expect(trust.signers.keys).toHaveLength(2);
  });

  const [january, march, may, july] = ["01", "03", "05", "07"].map((month) => `2026-${month}-01T00:00:00Z`);
  it.each([
    [{ from: january, until: may }, { from: march, until: july }, march, may],
    [{ from: march, until: july }, { from: january, until: may }, march, may],
    [{}, { from: march, until: july }, march, july],
    [{ from: march }, { until: july }, march, july],
    [{}, {}, undefined, undefined],
  ])("has the time that both roles allow: %j and %j", (one, other, from, until) => {
    const trust = trustIn({
      security: [member("sam", defined(one))],
      "platform-lead": [member("sam", defined(other))],
    });
    const date = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
    expect(signerOf(trust, "sam")).toMatchObject({ from: date(from), until: date(until) });
  });
});

function defined({ from, until }: { readonly from?: string | undefined; readonly until?: string | undefined }) {
  return { ...(from !== undefined && { from }), ...(until !== undefined && { until }) };
}

it("refuses a key that builds and evaluates, also when it is written in two ways", async () => {
  const roles = { builder: [member("ci")], evaluator: [{ name: "judge", key: compressed("ci") }] };
  const { message } = await expectError("POLICY_ROLE_OVERLAP", () => trustIn(roles));
  expect(message).toContain('release-policy.yaml: the key "ci"');
});

it("refuses a text that is no key, and says whose", async () => {
  const key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
  const { message } = await expectError("KEY_MALFORMED", () => trustIn({ security: [{ name: "sam", key }] }));
  expect(message).toContain('release-policy.yaml: roles.security: the key "sam"');
});
