import { X509Certificate } from "node:crypto";
import * as z from "zod";
import { parseStrictJson } from "../../documents/index.ts";

const rawBytes = z.object({ x509Certificate: z.object({ rawBytes: z.string() }) });
/** Where an entry keeps the certificate: base64 of PEM in Rekor 1, base64 of DER in Rekor 2 (rekor, pkg/types; rekor-tiles). */
const places = [
  z
    .object({ spec: z.object({ signature: z.object({ publicKey: z.object({ content: z.string() }) }) }) })
    .transform(({ spec }) => pemIn(spec.signature.publicKey.content)),
  z
    .object({ spec: z.object({ signatures: z.tuple([z.object({ verifier: z.string() })]) }) })
    .transform(({ spec }) => pemIn(spec.signatures[0].verifier)),
  z
    .object({
      spec: z.object({
        content: z.object({ envelope: z.object({ signatures: z.tuple([z.object({ publicKey: z.string() })]) }) }),
      }),
    })
    .transform(({ spec }) => pemIn(spec.content.envelope.signatures[0].publicKey)),
  z
    .object({ spec: z.object({ hashedRekordV002: z.object({ signature: z.object({ verifier: rawBytes }) }) }) })
    .transform(({ spec }) => derIn(spec.hashedRekordV002.signature.verifier)),
  z
    .object({ spec: z.object({ dsseV002: z.object({ signatures: z.tuple([z.object({ verifier: rawBytes })]) }) }) })
    .transform(({ spec }) => derIn(spec.dsseV002.signatures[0].verifier)),
];

/**
 * Whether a log entry says of a signature that it was made with this certificate. An entry of the same signature under
 * another verifier proves nothing to those who look in the log for what was signed in their name.
 *
 * @param body canonical, of an entry whose inclusion holds
 */
export function namesCertificate(body: Uint8Array, certificate: Uint8Array): boolean {
  const json = parseStrictJson(body);
  if ("problem" in json) return false;
  const found = places.map((place) => place.safeParse(json.value)).find(({ success }) => success);
  return found?.data?.equals(certificate) === true;
}

function derIn({ x509Certificate }: z.infer<typeof rawBytes>): Buffer {
  return Buffer.from(x509Certificate.rawBytes, "base64");
}

function pemIn(text: string): Buffer | undefined {
  try {
    return new X509Certificate(Buffer.from(text, "base64")).raw;
  } catch {
    return undefined;
  }
}
