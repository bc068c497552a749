import { X509Certificate } from "node:crypto";
import * as z from "zod";
import { type Finding, finding } from "../../oci/index.ts";
import { keylessError } from "../keyless/errors.ts";
import { below, jsonOf, type SigningService } from "../keyless/index.ts";
import { certificatesOf, periodOf } from "./certificates.ts";
import { failed, type Heard, hear } from "./heard.ts";
import { standing } from "./period.ts";
import type { PlacedRoot } from "./trusted-root.ts";

const maxAnswerBytes = 256 * 1024;
const bundleSchema = z.object({
  chains: z
    .array(z.object({ certificates: z.array(z.string()).min(1).max(8) }))
    .min(1)
    .max(16),
});

/** Of each chain, the certificate that signs those of signers. */
export type Issuers = readonly X509Certificate[];

/** Asks a certificate authority whom it signs with (Fulcio, `GET /api/v2/trustBundle`). No certificate is asked for. */
export function tryFulcio(fulcio: URL, service: SigningService, signal: AbortSignal): Promise<Heard<Issuers>> {
  return hear(signal, async () => {
    const request = { to: "fulcio", accept: "application/json" } as const;
    const answer = await service.get(below(fulcio, "/api/v2/trustBundle"), request, maxAnswerBytes);
    if (answer.status !== 200)
      throw keylessError("FULCIO_REFUSED", `${fulcio.host} answered with ${answer.status}`, notOne);
    const { chains } = jsonOf(answer, bundleSchema, fulcio);
    return chains.flatMap(({ certificates: [first] }) => (first === undefined ? [] : [certificateIn(first, fulcio)]));
  });
}

const notOne = { remedy: "Look at what answers at that address; it may be no Fulcio, or be below another path." };

function certificateIn(pem: string, { host }: URL): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw keylessError("SERVICE_CONFUSED", `${host} sent something else than a certificate in PEM`);
  }
}

/** Whether the authority answers. */
export function judgeFulcio({ host }: URL, heard: Heard<Issuers>): Finding {
  if ("failure" in heard) return failed("fulcio", heard.failure, "Nothing can be signed without a key");
  return finding("fulcio", "ok", `${host} answers; no certificate was asked for, since logs would keep it`);
}

/** Whether a trusted root knows the authority that answers. */
export function judgeIssuers({ host }: URL, issuers: Issuers, { root, place }: PlacedRoot, now: Date): Finding {
  const check = `fulcio in ${place}`;
  const known = root.certificateAuthorities.flatMap((authority) => {
    const chain = certificatesOf(authority);
    const has = chain.some(({ raw }) => issuers.some((issuer) => issuer.raw.equals(raw)));
    return has ? [standing(periodOf(chain, authority.validFor), now)] : [];
  });
  if (known.length === 0) {
    return finding(
      check,
      "failed",
      `what ${host} signs with is not among the authorities there`,
      "What it certifies will be refused: put its chain of certificates into the trusted root, or name the authority that is in it.",
    );
  }
  if (known.every((when) => when === "early" || when === "over")) {
    return finding(
      check,
      "failed",
      `what ${host} signs with is not trusted at this time`,
      "What it certifies now will be refused: look at the authority's `validFor` there, and at the ends of its certificates.",
    );
  }
  return finding(check, "ok", `what ${host} signs with is trusted there`);
}
