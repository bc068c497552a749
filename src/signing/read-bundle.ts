import { type Bundle, bundleFromJSON } from "@sigstore/bundle";
import { parseStrictJson } from "../documents/index.ts";
import { evidenceType } from "../evidence/index.ts";
import { bundleMediaType } from "./bundle-types.ts";
import { proofProblem } from "./proof-shape.ts";
import { type SignedContent, type Unbelieved, unbelieved } from "./signed-content.ts";

/**
 * Reads a sigstore bundle v0.3 with a DSSE envelope (sigstore protobuf-specs; DSSE protocol 1.0), as strictly as the
 * strictest of the verifiers that read it: what is accepted here must be accepted by all of them.
 */
export function readBundle(bytes: Uint8Array): SignedContent | Unbelieved {
  const json = parseStrictJson(bytes);
  if ("problem" in json)
    return unbelieved("BUNDLE_MALFORMED", `it is not a well-formed sigstore bundle: ${json.problem}`);
  const count = signatureCount(json.value);
  if (count !== undefined && count !== 1) {
    return unbelieved("SIGNATURE_COUNT", `it has ${count} signatures instead of one`);
  }
  const bundle = parsed(json.value);
  if (bundle === undefined) return unbelieved("BUNDLE_MALFORMED", "it is not a well-formed sigstore bundle");
  if (bundle.mediaType !== bundleMediaType) {
    return unbelieved("BUNDLE_MALFORMED", `it is a bundle of type ${bundle.mediaType}; version 0.3 is needed`);
  }
  if (bundle.content.$case !== "dsseEnvelope") {
    return unbelieved("CONTENT_NOT_STATED", "it signs a digest, not a statement");
  }
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
  if (payloadType !== evidenceType.payload) {
    return unbelieved("PAYLOAD_TYPE", `its payload is of type "${payloadType}"`);
  }
  // go-securesystemslib skips such a signature.
  if (signatures.some(({ keyid }) => keyid !== "")) {
    return unbelieved("KEY_ID_PRESENT", "its signature has a key id, which other verifiers do not accept");
  }
  if (!isCanonical(json.value)) {
    return unbelieved("BUNDLE_MALFORMED", "its envelope is not in canonical base64, which readers decode differently");
  }
  const material = memberOf(json.value, "verificationMaterial");
  if (!hasCanonicalBytes(material)) {
    return unbelieved("BUNDLE_MALFORMED", "its proof is not in canonical base64, which readers decode differently");
  }
  if (present(material, signerMembers) !== 1 || present(json.value, contentMembers) !== 1) {
    return unbelieved("BUNDLE_MALFORMED", "it names two signers, or two things that were signed");
  }
  const problem = proofProblem(bundle);
  if (problem !== undefined) return unbelieved("BUNDLE_MALFORMED", problem);
  return { storage: "bundle", states: "statement", payload, bundle };
}

function parsed(value: unknown): Bundle | undefined {
  try {
    return bundleFromJSON(value);
  } catch {
    return undefined;
  }
}

function signatureCount(value: unknown): number | undefined {
  const signatures = memberOf(memberOf(value, "dsseEnvelope"), "signatures");
  return Array.isArray(signatures) ? signatures.length : undefined;
}

/** Whether payload and signature are written in the one way in which every reader decodes them alike (RFC 4648, 4). */
function isCanonical(value: unknown): boolean {
  const envelope = memberOf(value, "dsseEnvelope");
  const signatures = memberOf(envelope, "signatures");
  const texts = [memberOf(envelope, "payload"), memberOf(Array.isArray(signatures) ? signatures[0] : undefined, "sig")];
  return texts.every((text) => typeof text === "string" && isCanonicalBase64(text));
}

/** Of which a bundle has one each (sigstore protobuf-specs, `oneof content`). */
const signerMembers = ["publicKey", "x509CertificateChain", "certificate"];
const contentMembers = ["dsseEnvelope", "messageSignature"];

function present(value: unknown, names: readonly string[]): number {
  return names.filter((name) => (memberOf(value, name) ?? undefined) !== undefined).length;
}

const byteMembers: ReadonlySet<string> = new Set([
  "rawBytes",
  "signedTimestamp",
  "keyId",
  "canonicalizedBody",
  "signedEntryTimestamp",
  "rootHash",
  "hashes",
]);

/** The same for all bytes that are offered as proof. */
function hasCanonicalBytes(value: unknown, name = ""): boolean {
  if (typeof value === "string") return !byteMembers.has(name) || isCanonicalBase64(value);
  if (Array.isArray(value)) return value.every((item) => hasCanonicalBytes(item, name));
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([member, content]) => hasCanonicalBytes(content, member));
}

export function isCanonicalBase64(text: string): boolean {
  return Buffer.from(text, "base64").toString("base64") === text;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
