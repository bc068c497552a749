import { generateKeyPairSync } from "node:crypto";
import { chmod } from "node:fs/promises";
import { Socket } from "node:net";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { expectHidden } from "../../test/support/keyless/quick-service.ts";
import { startRunner } from "../../test/support/keyless/runner.ts";
import { type SigningScene, startSigningScene, workflow } from "../../test/support/keyless/signing-scene.ts";
import { expectError } from "../../test/support/refusal.ts";
import { identityIssuer } from "../../test/support/sigstore/identity-issuer.ts";
import { makeSigstore } from "../../test/support/sigstore/index.ts";
import { startRekorV1 } from "../../test/support/sigstore/rekor-v1.ts";
import { findSignature } from "./find-signature.ts";
import { readTrustedKey } from "./key.ts";
import type { StatementSigner } from "./signer.ts";
import type { SignerTrust } from "./trust/signer-trust.ts";
import { verifySignature } from "./verify-signature.ts";

const password = "correct horse battery staple";
const pair = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: password },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const [trustedKey, strangersKey] = [pair.publicKey, otherKey()].map((pem) => readTrustedKey(Buffer.from(pem), "key"));

let scene: SigningScene;
/** The arguments of a signer, by what is written here: `key`, `token`, `stamp`, `log`. */
let texts: Readonly<Record<string, Readonly<Record<string, string>>>>;

beforeEach(async () => {
  scene = await startSigningScene();
  texts = {
    key: { key: await scene.secret("key.pem", pair.privateKey), password: await scene.secret("password", password) },
    fulcio: { "fulcio-url": scene.fulcio.url.href },
    token: { "identity-token": await scene.tokenOf(workflow) },
    stamp: { "timestamp-url": scene.timestamps.url.href },
    log: { "rekor-url": scene.rekor.url.href },
    root: { "trusted-root": await scene.rootFile() },
  };
});

afterEach(() => scene[Symbol.asyncDispose]());

const given = (...names: readonly string[]) => Object.assign({}, ...names.map((name) => texts[name]));

describe("what is not enough, or too much", () => {
  const refused: readonly [string, readonly string[], Readonly<Record<string, string>>][] = [
    ["SIGNER_MISSING", [], {}],
    ["SIGNER_MISSING", ["log", "stamp"], {}],
    ["SIGNER_AMBIGUOUS", ["key", "fulcio", "token", "stamp"], {}],
    ["WITNESS_MISSING", ["fulcio", "token"], {}],
    ["WITNESS_MISSING", ["fulcio", "token", "log"], {}],
    ["IDENTITY_TOKEN_MISSING", ["fulcio", "stamp"], {}],
    ["SERVICE_UNNAMED", ["token", "stamp"], { "fulcio-url": "nonsense" }],
    ["SERVICE_UNNAMED", ["key"], { "timestamp-url": "nonsense" }],
    ["SERVICE_UNNAMED", ["key"], { "rekor-url": "nonsense" }],
    ["TRUSTED_ROOT_INVALID", ["fulcio", "token", "stamp"], { "trusted-root": "/nowhere" }],
    ["TRUSTED_ROOT_INVALID", ["key"], { "trusted-root": "/nowhere" }],
    ["SECRET_UNREADABLE", ["fulcio", "stamp"], { "identity-token": "nowhere" }],
    ["SERVICE_INSECURE", ["token", "stamp"], { "fulcio-url": "http://fulcio.example.com" }],
  ];

  test.each(refused)("%s: %j %j", async (code, names, more) => {
    await expectError(code, () => scene.open({ ...given(...names), ...more }));
    expect(scene.asked()).toEqual({ fulcio: 0, rekor: 0, timestamps: 0 });
  });
});

describe("what is signed is accepted with its signer trusted, in both storages", () => {
  test.each([
    ["a key", ["key"], { fulcio: 0, rekor: 0, timestamps: 0 }],
    ["a key with timestamps", ["key", "stamp"], { fulcio: 0, rekor: 0, timestamps: 2 }],
    ["a key with timestamps and a log", ["key", "stamp", "log"], { fulcio: 0, rekor: 2, timestamps: 2 }],
    ["an identity with timestamps", ["fulcio", "token", "stamp"], { fulcio: 1, rekor: 0, timestamps: 2 }],
    ["an identity with a log too", ["fulcio", "token", "stamp", "log"], { fulcio: 1, rekor: 2, timestamps: 2 }],
  ])("%s", async (_, names, asked) => {
    const logged = names.includes("log");
    const without = logged ? [] : (["log"] as const);
    const root = await scene.rootFile(scene.sigstore.trustedRoot({ without }));
    const signer = await scene.open({ ...given(...names), "trusted-root": root });
    await scene.sign(signer, "both");
    expect(scene.asked()).toEqual(asked);
    await expectAccepted(signer, trust(scene.root({ without })), logged && names.includes("fulcio") ? 1 : 2);
  });

  test("an identity with the times of a log of version 1", async () => {
    await using log = await startRekorV1();
    const trusted = { ...scene.sigstore.trustedRoot(), tlogs: [log.trusted] };
    const rekor = { "rekor-url": log.url.href, "rekor-version": "1", "trusted-root": await scene.rootFile(trusted) };
    const signer = await scene.open({ ...given("fulcio", "token"), ...rekor });
    await scene.sign(signer, "both");
    expect(log.bodies.map((body) => JSON.parse(body).kind)).toEqual(["hashedrekord", "dsse"]);
    await expectAccepted(signer, trust(TrustedRoot.fromJSON(trusted)), 2);
  });

  test("an identity whose token GitHub's runner gives", async () => {
    await using runner = await startRunner(() => scene.issuer.token({ sub: workflow }));
    scene.provider = runner.provider;
    const signer = await scene.open(given("fulcio", "stamp"));
    await scene.sign(signer, "both");
    expect(runner.asked).toHaveLength(1);
    await expectAccepted(signer, trust(scene.root({ without: ["log"] })), 2);
    expect(scene.masked).toContain(runner.requestToken);
    expectUnsaid(runner.requestToken);
  });

  test("a token from a file, although a runner would give one", async () => {
    await using runner = await startRunner(() => scene.issuer.token({ sub: "https://other.test" }));
    scene.provider = runner.provider;
    const { signatory } = await scene.open(given("fulcio", "token", "stamp"));
    expect(signatory).toMatchObject({ subject: workflow, issuer: scene.issuer.issuer });
    expect(runner.asked).toHaveLength(0);
  });

  /** @param count how many of the two storages hold a signature that is accepted */
  async function expectAccepted(signer: StatementSigner, trusted: SignerTrust, count: number): Promise<void> {
    const { store, subject } = scene;
    const { acceptedBy, candidates } = await verifySignature(store, subject.digest, trusted);
    expect(acceptedBy).toEqual(signer.signatory);
    expect(candidates).toHaveLength(2);
    expect(candidates.filter(({ judgement }) => judgement.accepted)).toHaveLength(count);
    for (const others of [
      { ...trusted, keys: [strangersKey].flatMap((key) => key ?? []), identities: [] },
      elsewhere(trusted),
    ]) {
      const refused = await verifySignature(store, subject.digest, others);
      expect(refused.acceptedBy).toBeUndefined();
    }
    if (signer.recognises.root === undefined && signer.signatory.kind === "identity") return;
    expect((await findSignature(store, subject.digest, signer, "both")).missing).toBeUndefined();
  }

  function trust(root: TrustedRoot): SignerTrust {
    const identities = [{ issuer: scene.issuer.issuer, subject: workflow, claims: {} }];
    return { keys: [trustedKey].flatMap((key) => key ?? []), identities, root };
  }

  function elsewhere(trusted: SignerTrust): SignerTrust {
    const identities = trusted.identities.map((each) => ({ ...each, issuer: "https://elsewhere.test" }));
    return { ...trusted, keys: [], identities };
  }
});

describe("with another trusted root nothing is attached", () => {
  const signers = [
    ["key", "stamp"],
    ["key", "stamp", "log"],
    ["fulcio", "token", "stamp"],
    ["fulcio", "token", "stamp", "log"],
  ];

  test.each(signers.flatMap((names) => (["bundle", "legacy", "both"] as const).map((format) => ({ names, format }))))(
    "$names as $format",
    async ({ names, format }) => {
      const root = await scene.rootFile(makeSigstore().trustedRoot());
      const signer = await scene.open({ ...given(...names), "trusted-root": root });
      const before = await scene.store.tags();
      await expectError("SIGNED_UNVERIFIABLE", () => scene.sign(signer, format));
      expect(await scene.store.tags()).toEqual(before);
    },
  );

  test("a log that the root does not name is refused for a key", async () => {
    const { tlogs } = Object.assign({ tlogs: [] }, makeSigstore().trustedRoot());
    const root = await scene.rootFile({ ...scene.sigstore.trustedRoot(), tlogs });
    const signer = await scene.open({ ...given("key", "stamp", "log"), "trusted-root": root });
    await expectError("SIGNED_UNVERIFIABLE", () => scene.sign(signer, "bundle"));
  });
});

test("a key alone reaches nobody, whatever else would be there", async () => {
  await using runner = await startRunner(() => scene.issuer.token({ sub: workflow }));
  scene.provider = runner.provider;
  using connect = vi.spyOn(Socket.prototype, "connect").mockImplementation(() => {
    throw new Error("a connection was made");
  });
  await scene.sign(await scene.open(given("key", "root")), "both");
  expect(connect).not.toHaveBeenCalled();
  connect.mockRestore();
  expect([scene.asked(), runner.asked.length]).toEqual([{ fulcio: 0, rekor: 0, timestamps: 0 }, 0]);
});

describe("what is said", () => {
  test("who signs, and no secret", async () => {
    const token = scene.issuer.token({ sub: workflow });
    await scene.secret("token", token);
    await scene.open(given("fulcio", "token", "stamp"));
    expect(scene.lines).toEqual([`signing as ${workflow}, of ${scene.issuer.issuer}`]);
    expect(scene.masked).toEqual([token]);
    expectUnsaid(...token.split("."));
    await scene.open(given("key"));
    expect(scene.masked.slice(1)).toEqual([pair.privateKey, password]);
    expectUnsaid(password, ...pair.privateKey.split("\n").filter((line) => line.length > 20));
  });

  test.each(["key.pem", "password", "token"])("that everybody can read %s", async (name) => {
    for (const names of [["key"], ["fulcio", "token", "stamp"]]) {
      await chmod(scene.directory.at(name), 0o644);
      await scene.open(given(...names));
    }
    const warnings = scene.lines.filter((line) => line.startsWith("every user"));
    expect(warnings).toEqual([expect.stringContaining(`can read ${name};`)]);
    await chmod(scene.directory.at(name), 0o640);
    await scene.open(given("key"));
    await scene.open(given("fulcio", "token", "stamp"));
    expect(scene.lines.filter((line) => line.startsWith("every user"))).toHaveLength(1);
  });

  test.each([
    ["https://rekor.sigstore.dev", 1],
    ["https://log2025-1.rekor.sigstore.dev", 1],
    ["https://REKOR.sigstore.dev./", 1],
    ["https://rekor.sigstore.dev.example.com", 0],
    ["https://notsigstore.dev", 0],
    ["https://rekor.example.com/sigstore.dev", 0],
  ])("that the log of %s is public (%i)", async (url, count) => {
    await scene.open({ ...given("key"), "rekor-url": url });
    await scene.open({ ...given("fulcio", "token", "stamp"), "rekor-url": url });
    expect(scene.lines.filter((line) => line.includes("can be read by everybody"))).toHaveLength(2 * count);
  });

  test("no token, whoever refuses it", async () => {
    const token = identityIssuer().token({ sub: workflow });
    await scene.secret("token", token);
    await expectHidden("FULCIO_REFUSED", token, () => scene.open(given("fulcio", "token", "stamp")));
    await using runner = await startRunner(() => token);
    const stale = `${runner.requestToken}${runner.requestToken}`;
    scene.provider = { ...runner.provider, token: { place: "env://X", read: async () => Buffer.from(stale) } };
    await expectHidden("IDENTITY_REFUSED", stale, () => scene.open(given("fulcio", "stamp")));
    scene.provider = runner.provider;
    await expectHidden("FULCIO_REFUSED", token, () => scene.open(given("fulcio", "stamp")));
    await scene.secret("password", `${password} of another key`);
    await expectHidden("KEY_PASSWORD_WRONG", password, () => scene.open(given("key")));
    expectUnsaid(password, stale, ...token.split("."));
  });
});

function expectUnsaid(...secrets: readonly string[]): void {
  for (const secret of secrets) expect(scene.lines.join("\n")).not.toContain(secret);
}

function otherKey(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();
}
