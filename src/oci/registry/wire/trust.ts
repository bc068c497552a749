import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

/** Options for TLS connections. */
export interface Trust {
  readonly secureContext?: SecureContext;
}

/**
 * Trusts what Node trusts, and further authorities. Made once for many connections: reading the system's authorities
 * takes milliseconds.
 *
 * @param authorities certificates in PEM
 */
export function trusting(authorities: readonly string[]): Trust {
  if (authorities.length === 0) return {};
  return { secureContext: createSecureContext({ ca: [...getCACertificates("default"), ...authorities] }) };
}
