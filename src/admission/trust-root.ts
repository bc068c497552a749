import * as z from "zod";
import { admissionError } from "./errors.ts";

const base64 = z.base64().min(1).max(20_000);
const period = z.object({ start: z.string().optional(), end: z.string().optional() }).optional();
const authority = z.object({
  subject: z.object({ organization: z.string().optional(), commonName: z.string().optional() }).optional(),
  uri: z.string().optional(),
  certChain: z.object({
    certificates: z
      .array(z.object({ rawBytes: base64 }))
      .min(1)
      .max(10),
  }),
  validFor: period,
});
const log = z.object({
  baseUrl: z.string().min(1),
  hashAlgorithm: z.string().optional(),
  publicKey: z.object({ rawBytes: base64, validFor: period }),
});
const few = <T extends z.ZodType>(item: T) => z.array(item).max(50).default([]);

/** sigstore's protobuf-specs, trustroot v1 as JSON; only what is handed on. */
const trustedRootSchema = z.object({
  mediaType: z.string().startsWith("application/vnd.dev.sigstore.trustedroot"),
  certificateAuthorities: few(authority),
  tlogs: few(log),
  ctlogs: few(log),
  timestampAuthorities: few(authority),
});

interface Authority {
  readonly subject: { readonly organization: string; readonly commonName: string };
  readonly uri: string;
  /** Base64 of PEM. */
  readonly certChain: string;
}

interface Log {
  readonly baseURL: string;
  readonly hashAlgorithm: string;
  /** Base64 of PEM. */
  readonly publicKey: string;
}

/** A trusted root as policy-controller's TrustRoot says it, which knows no periods. */
export interface SigstoreKeys {
  readonly certificateAuthorities: readonly Authority[];
  readonly tLogs: readonly Log[];
  readonly ctLogs: readonly Log[];
  readonly timestampAuthorities: readonly Authority[];
  /** What is left out because its time is over: without a period it would count for ever. */
  readonly ended: readonly string[];
}

/** @throws SlipwayError ADMISSION_ROOT_UNUSABLE */
export function readTrustedRoot(value: unknown, now: Date): SigstoreKeys {
  const { data, error } = trustedRootSchema.safeParse(value);
  if (data === undefined) {
    const place = error.issues[0]?.path.join(".") || "the whole of it";
    throw invalid(`${place} is not as sigstore's trusted_root.json has it`);
  }
  const over = (end: string | undefined) => end !== undefined && !(new Date(end) > now);
  const authorities = (list: readonly z.infer<typeof authority>[]) =>
    list.filter(({ validFor }) => !over(validFor?.end));
  const logs = (list: readonly z.infer<typeof log>[]) => list.filter(({ publicKey }) => !over(publicKey.validFor?.end));
  const keys = {
    certificateAuthorities: authorities(data.certificateAuthorities).map(authorityOf),
    tLogs: logs(data.tlogs).map(logOf),
    ctLogs: logs(data.ctlogs).map(logOf),
    timestampAuthorities: authorities(data.timestampAuthorities).map(authorityOf),
    ended: [
      ...[...data.certificateAuthorities, ...data.timestampAuthorities].flatMap(({ uri, validFor }) =>
        over(validFor?.end) ? [uri ?? "an authority"] : [],
      ),
      ...[...data.tlogs, ...data.ctlogs].flatMap(({ baseUrl, publicKey }) =>
        over(publicKey.validFor?.end) ? [baseUrl] : [],
      ),
    ],
  };
  if (keys.certificateAuthorities.length === 0) throw invalid("it has no certificate authority that is in force");
  if (keys.timestampAuthorities.length === 0) {
    throw invalid("it has no timestamp authority, and policy-controller does not find the logs of a TrustRoot");
  }
  return keys;
}

/** A TrustRoot (policy.sigstore.dev/v1alpha1) with keys of its own. */
export function trustRootDocument(name: string, { ended: _, ...sigstoreKeys }: SigstoreKeys): object {
  return { apiVersion: "policy.sigstore.dev/v1alpha1", kind: "TrustRoot", metadata: { name }, spec: { sigstoreKeys } };
}

function authorityOf({ subject, uri, certChain }: z.infer<typeof authority>): Authority {
  const chain = certChain.certificates.map(({ rawBytes }) => pem("CERTIFICATE", rawBytes)).join("");
  return {
    // For people only, and demanded all the same.
    subject: { organization: subject?.organization || "unnamed", commonName: subject?.commonName || "unnamed" },
    uri: uri || "https://unnamed.invalid",
    certChain: Buffer.from(chain).toString("base64"),
  };
}

function logOf({ baseUrl, publicKey }: z.infer<typeof log>): Log {
  return {
    baseURL: baseUrl,
    hashAlgorithm: "sha-256",
    publicKey: Buffer.from(pem("PUBLIC KEY", publicKey.rawBytes)).toString("base64"),
  };
}

function pem(label: string, rawBytes: string): string {
  const lines =
    Buffer.from(rawBytes, "base64")
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function invalid(why: string) {
  return admissionError("ADMISSION_ROOT_UNUSABLE", `the trusted root cannot be handed on: ${why}`);
}
