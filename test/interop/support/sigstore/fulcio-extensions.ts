import type { X509Certificate } from "@sigstore/core";

/** Fulcio's arc (docs/oid-info.md of fulcio 1.8.8). */
const arc = "1.3.6.1.4.1.57264.1";

/** Fulcio's extensions by the last number of their OID; those up to 6 are bare strings, the others DER. */
export function fulcioExtensions(certificate: X509Certificate): Readonly<Record<string, string>> {
  const found: [number, string][] = [];
  for (let number = 1; number < 40; number += 1) {
    const value = certificate.extension(`${arc}.${number}`)?.valueObj;
    if (value === undefined) continue;
    found.push([number, (number > 6 ? value.subs[0]?.value : value.value)?.toString("utf8") ?? ""]);
  }
  return Object.fromEntries(found);
}
