import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { digestOf, hexOf } from "../../oci/index.ts";
import { signStatement } from "../bundle.ts";
import { judgeEvidence, judgeSignature } from "../judge.ts";
import { readSigningKey } from "../key.ts";
import { keySigner } from "../key-signer.ts";
import { readBundle } from "../read-bundle.ts";
import { omsHint, signOms } from "./bundle.ts";
import { isOmsOf, judgeOms } from "./judge-oms.ts";
import { encodeOmsStatement, type ModelFile, rootDigest } from "./statement.ts";

function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = Buffer.from(String(privateKey.export({ type: "pkcs8", format: "pem" })));
  const signing = readSigningKey(pem, undefined, "key");
  return { ...keySigner(signing), trusted: signing.trusted };
}

const builder = signingKey();
const stranger = signingKey();
const file = (path: string, content = path): ModelFile => ({ path, blob: { digest: digestOf(content) } });
const files = [file("a.bin"), file("b/c.bin"), file(".gitattributes")];

interface Resource {
  name: string;
  algorithm: string;
  digest: string;
}

/** The parts of a statement that the rows below change. */
function partsOf(signed: readonly ModelFile[] = files) {
  const statement = JSON.parse(Buffer.from(encodeOmsStatement(signed, "seg")).toString("utf8"));
  const { serialization, resources }: { serialization: object; resources: Resource[] } = statement.predicate;
  return { statement, serialization, resources };
}

/** A statement over resources, with the root digest that is theirs. */
function over(resources: readonly Resource[], serialization: object = partsOf().serialization): object {
  const root = rootDigest(resources.map(({ digest }) => digest));
  const subject = [{ name: "seg", digest: { sha256: root } }];
  return { ...partsOf().statement, subject, predicate: { serialization, resources } };
}

const bundleOf = (statement: object, signer = builder) => signStatement(Buffer.from(JSON.stringify(statement)), signer);

const { statement: good, serialization, resources } = partsOf();
const [first = { name: "", algorithm: "", digest: "" }, ...others] = resources;

test("a bundle of ours is accepted, and names its key as OMS does", async () => {
  const bytes = await signOms(encodeOmsStatement(files, "seg"), builder);
  const judgement = judgeOms(readBundle(bytes), files, builder.recognises);
  expect(judgement).toEqual({ accepted: true, signatory: builder.signatory });
  expect(isOmsOf(bytes, files, builder.recognises)).toBe(true);
  const { verificationMaterial } = JSON.parse(Buffer.from(bytes).toString("utf8"));
  expect(verificationMaterial.publicKey).toEqual({ hint: omsHint(builder.trusted) });
});

test("the hint is the hash of the key's PEM text", () => {
  const pem = String(builder.trusted.key.export({ type: "spki", format: "pem" }));
  expect(pem.endsWith("-----END PUBLIC KEY-----\n")).toBe(true);
  expect(omsHint(builder.trusted)).toBe(hexOf(digestOf(pem)));
});

describe("a statement of another tool's is accepted", () => {
  test.each<[string, object]>([
    ["in another order", over([...others, first])],
    [
      "which leaves out all that git has",
      over(resources, {
        ...serialization,
        ignore_paths: [".github", "model.sig", ".git", ".gitattributes", ".gitignore"],
      }),
    ],
    [
      "which covers what others leave out",
      over([...resources, { name: ".gitattributes", algorithm: "sha256", digest: hexOf(digestOf(".gitattributes")) }], {
        method: "files",
        hash_type: "sha256",
        allow_symlinks: false,
      }),
    ],
    ["which would follow links", over(resources, { ...serialization, allow_symlinks: true })],
    ["with members that come later", { ...over(resources), predicate: { later: 1, serialization, resources } }],
  ])("%s", async (_, statement) => {
    expect(isOmsOf(await bundleOf(statement), files, builder.recognises)).toBe(true);
  });
});

describe("a statement is refused", () => {
  const changed = { ...first, digest: hexOf(digestOf("x")) };
  test.each<[string, object, string]>([
    ["with another digest of a file", over([changed, ...others]), "FILES_MISMATCH"],
    ["with a file less", over(others), "FILES_MISMATCH"],
    ["with a file more", over([...resources, { ...first, name: "more" }]), "FILES_MISMATCH"],
    ["with a file of another name", over([{ ...first, name: "A.bin" }, ...others]), "FILES_MISMATCH"],
    [
      "that leaves a file out without a word",
      over(resources, { ...serialization, ignore_paths: ["model.sig"] }),
      "FILES_MISMATCH",
    ],
    [
      "that leaves out a file of the model's",
      over(others, { ...serialization, ignore_paths: ["a.bin", ".gitattributes"] }),
      "FILES_MISMATCH",
    ],
    [
      "that lets anything lie in a directory",
      over(resources, { ...serialization, ignore_paths: ["plugins", ".gitattributes"] }),
      "FILES_MISMATCH",
    ],
    ["that lists a file twice", over([...resources, first]), "PREDICATE_MALFORMED"],
    [
      "whose root digest is another's",
      { ...good, predicate: { serialization, resources: [changed, ...others] } },
      "PREDICATE_MALFORMED",
    ],
    ["over shards", over(resources, { ...serialization, method: "shards", shard_size: 1e9 }), "PREDICATE_MALFORMED"],
    ["by BLAKE2", over(resources, { ...serialization, hash_type: "blake2" }), "PREDICATE_MALFORMED"],
    ["with a digest of another kind", over([{ ...first, algorithm: "blake3" }, ...others]), "PREDICATE_MALFORMED"],
    [
      "with a digest in capitals",
      over([{ ...first, digest: first.digest.toUpperCase() }, ...others]),
      "PREDICATE_MALFORMED",
    ],
    ["without a list of files", { ...good, predicate: { serialization } }, "PREDICATE_MALFORMED"],
    ["about two models", { ...good, subject: [...good.subject, ...good.subject] }, "STATEMENT_MALFORMED"],
    ["of an older version", { ...good, _type: "https://in-toto.io/Statement/v0.1" }, "STATEMENT_MALFORMED"],
  ])("%s", async (_, statement, code) => {
    const bytes = await bundleOf(statement);
    for (const trust of [builder.recognises, undefined]) {
      expect(judgeOms(readBundle(bytes), files, trust)).toMatchObject({ accepted: false, code });
    }
  });

  test("when somebody else signed it; unless nobody is asked who did", async () => {
    const bytes = await bundleOf(good, stranger);
    expect(judgeOms(readBundle(bytes), files, builder.recognises)).toMatchObject({ code: "KEY_UNTRUSTED" });
    expect(judgeOms(readBundle(bytes), files, undefined)).toEqual({ accepted: true, signatory: undefined });
  });

  test("when it was altered", async () => {
    const bundle = JSON.parse(Buffer.from(await bundleOf(over(others))).toString("utf8"));
    bundle.dsseEnvelope.payload = Buffer.from(JSON.stringify(good)).toString("base64");
    const judgement = judgeOms(readBundle(Buffer.from(JSON.stringify(bundle))), files, builder.recognises);
    expect(judgement).toMatchObject({ accepted: false, code: "PAYLOAD_ALTERED" });
  });
});

test.each<[string, Uint8Array | Promise<Uint8Array>]>([
  ["a statement of another type", bundleOf({ ...good, predicateType: "https://sigstore.dev/cosign/sign/v1" })],
  ["no bundle", Buffer.from("model")],
])("%s does not claim to be one", async (_, bytes) => {
  expect(judgeOms(readBundle(await bytes), files, undefined)).toBeUndefined();
  expect(isOmsOf(await bytes, files, undefined)).toBe(false);
});

describe("beside the release's own evidence", () => {
  const attached = { holder: digestOf("referrer"), storage: "bundle", tag: undefined } as const;
  const root = `sha256:${good.subject[0].digest.sha256}` as const;

  test.each([
    ["the release", digestOf("the manifest")],
    ["what has its root digest", root],
  ])("it is named as what it is, and is no signature or evidence of %s", async (_, subject) => {
    const candidate = { ...attached, content: readBundle(await bundleOf(good)) };
    for (const judge of [judgeSignature, judgeEvidence]) {
      expect(judge(candidate, subject, builder.recognises)).toMatchObject({ accepted: false, code: "OMS_SIGNATURE" });
      expect(judge(candidate, subject, stranger.recognises)).toMatchObject({ accepted: false, code: "KEY_UNTRUSTED" });
    }
  });
});
