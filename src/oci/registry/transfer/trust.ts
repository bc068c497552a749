import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { workerData } from "node:worker_threads";
import type { ThreadData } from "./messages.ts";

let made: { readonly secureContext?: SecureContext } | undefined;

/** Options for TLS connections of this thread; made once, because reading the system's authorities takes milliseconds. */
export function trust(): { readonly secureContext?: SecureContext } {
  made ??= trusting(isThreadData(workerData) ? workerData.authorities : []);
  return made;
}

function trusting(authorities: readonly string[]): { readonly secureContext?: SecureContext } {
  if (authorities.length === 0) return {};
  return { secureContext: createSecureContext({ ca: [...getCACertificates("default"), ...authorities] }) };
}

function isThreadData(value: unknown): value is ThreadData {
  return typeof value === "object" && value !== null && "authorities" in value && Array.isArray(value.authorities);
}
