import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { temporaryDirectory } from "../support/temporary.ts";
import { verifiedReport } from "../support/verify-report.ts";
import { peer, run } from "./peers.ts";

/*
 * conftest judges the report of `slipway verify` by deploy/admission/verify.rego: each thing that is wrong with a
 * report, or missing from the parameters, is named, and nothing but that.
 */

const rego = join(import.meta.dirname, "../../deploy/admission/verify.rego");
const answered = z.array(
  z.object({
    failures: z.array(z.object({ msg: z.string() })).default([]),
    warnings: z.array(z.object({ msg: z.string() })).default([]),
  }),
);

const parameters = { purpose: "deploy", environment: "production", states: ["production"], max_age: "1h" };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

async function judge(report: unknown, given: object | null = parameters) {
  await using work = await temporaryDirectory();
  await writeFile(work.at("report.json"), JSON.stringify(report));
  await writeFile(work.at("parameters.json"), JSON.stringify(given === null ? {} : { slipway: given }));
  const args = ["test", "report.json", "--policy", rego, "--data", "parameters.json", "--output", "json"];
  const { code, stdout, stderr } = await run(peer("conftest"), args, { cwd: work.path });
  const [answer] = stdout.trim() === "" ? [] : answered.parse(JSON.parse(stdout));
  if (answer === undefined) throw new Error(`conftest gave no answer\n${stderr}`);
  const { failures, warnings } = answer;
  expect(code).toBe(failures.length === 0 ? 0 : 1);
  return { denied: failures.map(({ msg }) => msg).sort(), warned: warnings.map(({ msg }) => msg) };
}

const refusal = { code: "RELEASE_REVOKED", message: "seg 2.4.1 was revoked", remedy: "Use another release." };
const { candidates } = verifiedReport();
const unproven = candidates.map((one) => ({ ...one, time: one.time && { ...one.time, proven: false } }));
const bySomebodyElse = candidates.map((one) => ({
  ...one,
  signer: one.signer && { ...one.signer, id: "f".repeat(64) },
}));

describe("a report", () => {
  it("of a release that may be deployed is accepted, also with a time that is proven", async () => {
    expect(await judge(verifiedReport())).toEqual({ denied: [], warned: [] });
    expect((await judge(verifiedReport(), { ...parameters, proven_times: true })).denied).toEqual([]);
    const legacy = candidates.map((one) => ({ ...one, storage: "legacy" as const, predicateType: null }));
    const report = verifiedReport({ candidates: legacy });
    expect((await judge(report, { ...parameters, proven_times: true })).denied).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ["refused", { verified: false, refusal }, /^not verified: RELEASE_REVOKED seg 2\.4\.1 was revoked$/],
    ["refused without a reason", { verified: false }, /^not verified/],
    ["verified, and refused all the same", { refusal }, /^not verified/],
    ["verified in words", { verified: "true" }, /^not verified/],
    ["for another purpose", { purpose: "serve" }, /^judged for serve, not for deploy$/],
    ["for no purpose", { purpose: null }, /^judged for null, not for deploy$/],
    ["of another environment", { environment: "staging" }, /^judged for the environment staging, not for production$/],
    ["of another state", { state: "staging" }, /^the release is staging; permitted: \["production"\]$/],
    ["of no state", { state: null }, /^the release is null/],
    ["without a signature", { signature: { accepted: false, signer: null } }, /^no signature that counts$/],
    ["of nobody's signature", { signature: { accepted: true, signer: null } }, /^no signature that counts$/],
    ["without a policy", { policy: null }, /^no policy was in force$/],
    ["without rules", { rules: [] }, /^not every rule holds, or none was judged$/],
    ["of rules that are none", { rules: ["ok"] }, /^not every rule holds, or none was judged$/],
    ["of yesterday", { at: minutesAgo(24 * 60) }, /^judged at .* which is not within the last 1h$/],
    ["of tomorrow", { at: minutesAgo(-24 * 60) }, /^judged at .* which is not within the last 1h$/],
    ["of no time", { at: "just now" }, /^judged at just now, which is not within the last 1h$/],
    ["of another version", { schema: "urn:slipway:verify-report:v2" }, /^the document is not a report/],
  ])("%s is refused for that alone", async (_, wrong, why) => {
    const { denied } = await judge({ ...verifiedReport(), ...wrong });
    expect(denied).toEqual([expect.stringMatching(why)]);
  });

  it("with a rule that does not hold is refused with what was found; a warning is shown", async () => {
    const held = { rule: "holds", ok: false, warning: false, finding: "on hold since Monday" };
    const retired = { rule: "state", ok: true, warning: true, finding: "it is retired" };
    const { denied, warned } = await judge(verifiedReport({ rules: [held, retired] }));
    expect(denied).toEqual(["not every rule holds, or none was judged", "rule holds: on hold since Monday"]);
    expect(warned).toEqual(["rule state: it is retired"]);
  });

  it.each([
    ["whose time only the signer says", unproven],
    ["whose proven time is another signer's", bySomebodyElse],
    ["without candidates", []],
  ])("%s is refused where times must be proven", async (_, other) => {
    const { denied } = await judge(verifiedReport({ candidates: other }), { ...parameters, proven_times: true });
    expect(denied).toEqual(["nothing proves when the signature was made"]);
  });

  it.each([
    ["an empty document", {}],
    ["a list of one", [{}]],
  ])("%s is refused for everything", async (_, document) => {
    expect((await judge(document)).denied.length).toBe(9);
  });
});

describe("the parameters", () => {
  it("must be there", async () => {
    expect((await judge(verifiedReport(), null)).denied).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^parameters: purpose must be/),
        expect.stringMatching(/^parameters: states must be/),
        expect.stringMatching(/^parameters: max_age is missing/),
      ]),
    );
  });

  it.each<[string, object, RegExp]>([
    ["an audit as purpose", { ...parameters, purpose: "audit" }, /^parameters: purpose must be/],
    ["no environment to deploy in", { ...parameters, environment: undefined }, /^parameters: environment is missing/],
    ["one state that is no list", { ...parameters, states: "production" }, /^parameters: states must be a list/],
    ["an age without a unit", { ...parameters, max_age: "60" }, /^parameters: max_age/],
    ["a name that is not known", { ...parameters, "max-age": "5m" }, /^parameters: max-age is not known$/],
    ["a wish in words", { ...parameters, proven_times: "no" }, /^parameters: proven_times/],
  ])("with %s are refused", async (_, given, why) => {
    expect((await judge(verifiedReport(), given)).denied).toEqual(expect.arrayContaining([expect.stringMatching(why)]));
  });
});
