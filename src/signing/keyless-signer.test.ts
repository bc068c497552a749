import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Runner, startRunner } from "../../test/support/keyless/runner.ts";
import { type SigningScene, startSigningScene, workflow } from "../../test/support/keyless/signing-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { encodeStatement } from "../evidence/index.ts";
import { attachStatement } from "./attach.ts";
import { signStatement } from "./bundle.ts";
import { collectEvidence } from "./collect-evidence.ts";
import type { StatementSigner } from "./signer.ts";
import type { SignerTrust } from "./trust/signer-trust.ts";
import { verifySignature } from "./verify-signature.ts";

const minute = 60_000;

let scene: SigningScene;
let runner: Runner;
/** Whom the runner's next token names. */
let who: string;

afterEach(async () => {
  vi.useRealTimers();
  await runner[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
});

/** @param lifetime of certificates, in milliseconds */
async function open(lifetime?: number): Promise<StatementSigner> {
  scene = await startSigningScene(lifetime === undefined ? {} : { lifetime });
  who = workflow;
  runner = await startRunner(() => scene.issuer.token({ sub: who }));
  scene.provider = runner.provider;
  const root = await scene.rootFile(scene.sigstore.trustedRoot({ without: ["log"] }));
  const [fulcio, timestamps] = [scene.fulcio.url.href, scene.timestamps.url.href];
  return scene.open({ "fulcio-url": fulcio, "timestamp-url": timestamps, "trusted-root": root });
}

/** Puts the clock of this process, with all the services in it, to so many minutes after now. */
function later(minutes: number): void {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * minute });
}

function trust(): SignerTrust {
  const identities = [{ issuer: scene.issuer.issuer, subject: workflow, claims: {} }];
  return { keys: [], identities, root: scene.root({ without: ["log"] }) };
}

async function accepted(): Promise<number> {
  const { candidates } = await verifySignature(scene.store, scene.subject.digest, trust());
  return candidates.filter(({ judgement }) => judgement.accepted).length;
}

describe("a certificate", () => {
  test("signs everything until it has less than two minutes left", async () => {
    const signer = await open();
    for (const [minutes, certificates] of [
      [0, 1],
      [7.9, 1],
      [8.1, 2],
      [16, 2],
      [16.2, 3],
    ] as const) {
      later(minutes);
      await scene.sign(signer, "bundle");
      expect([minutes, scene.asked().fulcio, runner.asked.length]).toEqual([minutes, certificates, certificates]);
    }
    expect(await accepted()).toBe(5);
  });

  test("that is short from the start is replaced each time", async () => {
    const signer = await open(minute);
    await scene.sign(signer, "both");
    await scene.sign(signer, "both");
    expect(scene.asked().fulcio).toBe(5);
    expect(await accepted()).toBe(4);
  });

  test("of somebody else is never signed with, however often it is tried", async () => {
    const signer = await open();
    later(9);
    const before = await scene.store.tags();
    who = "https://github.com/eve/models/.github/workflows/release.yml@refs/heads/main";
    for (const format of ["bundle", "legacy", "both"] as const) {
      const { message } = await expectError("CERTIFICATE_UNUSABLE", () => scene.sign(signer, format));
      expect(message).toContain(who);
    }
    expect(await scene.store.tags()).toEqual(before);
    expect(scene.asked().timestamps).toBe(0);
    who = workflow;
    await scene.sign(signer, "both");
    expect(await accepted()).toBe(2);
  });
});

describe("after the certificate ended", () => {
  let signer: StatementSigner;

  beforeEach(async () => {
    signer = await open();
  });

  test("what was signed is accepted, for years", async () => {
    await scene.sign(signer, "both");
    later(3 * 365 * 24 * 60);
    expect(await accepted()).toBe(2);
  });

  test("a statement is attached with the stamp that it got in time", async () => {
    await attest("in-time");
    expect(scene.asked().timestamps).toBe(2);
    const late = await stated("late");
    later(60);
    await attach("late", late);
    expect(scene.asked().timestamps).toBe(3);
    const found = await collectEvidence(scene.store, scene.subject.digest, trust());
    expect(found.map(({ storage, judgement }) => [storage, judgement.accepted])).toEqual([
      ["bundle", true],
      ["bundle", true],
      ["legacy", true],
      ["legacy", true],
    ]);
  });

  async function attest(reason: string): Promise<void> {
    await attach(reason, await stated(reason));
  }

  function stated(reason: string): Promise<Uint8Array> {
    const predicate = { to: "staging", reason, approvedOn: "2026-01-02T03:04:05Z" };
    return signStatement(encodeStatement(scene.subject.digest, "https://example.com/note/v1", predicate), signer);
  }

  async function attach(reason: string, bundle: Uint8Array): Promise<void> {
    await attachStatement(scene.store, {
      subject: scene.subject,
      bundle,
      predicateType: "https://example.com/note/v1",
      tag: `1.0.0-jetson_${reason}.1.1`,
      created: new Date(),
      format: "both",
      signer,
    });
  }
});
