import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toTrustMaterial } from "@sigstore/verify";
import { parseStrictJson } from "../../documents/index.ts";
import { reason } from "../../errors/index.ts";
import { signingError } from "../errors.ts";

/** Media type of a trusted root (sigstore protobuf-specs, sigstore_trustroot.proto). */
const trustedRootType = /^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

/**
 * Reads a trusted root, as `cosign trusted-root create` writes it.
 * @param place names it in messages
 * @throws SlipwayError TRUSTED_ROOT_INVALID also for one whose keys and certificates cannot be read
 */
export function readTrustedRoot(value: unknown, place: string): TrustedRoot {
  const type: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "mediaType") : undefined;
  if (typeof type !== "string" || !trustedRootType.test(type)) {
    throw signingError("TRUSTED_ROOT_INVALID", `${place} is not a sigstore trusted root: it lacks its media type`);
  }
  try {
    const root = TrustedRoot.fromJSON(value);
    if (!isComplete(root)) throw new Error("it names a log without its key, or an authority without certificates");
    // Reads every certificate and key, so that a broken one is not found out at the first release.
    toTrustMaterial(root, {});
    return root;
  } catch (cause) {
    throw signingError("TRUSTED_ROOT_INVALID", `${place} cannot be read: ${reason(cause)}`, { cause });
  }
}

/** What the JSON of protocol buffers leaves out is undefined or empty, and no error. */
function isComplete({ tlogs, ctlogs, certificateAuthorities, timestampAuthorities }: TrustedRoot): boolean {
  return (
    [...tlogs, ...ctlogs].every(
      ({ publicKey, logId, checkpointKeyId }) =>
        publicKey?.rawBytes !== undefined && (logId ?? checkpointKeyId) !== undefined,
    ) &&
    [...certificateAuthorities, ...timestampAuthorities].every(
      ({ certChain }) => (certChain?.certificates.length ?? 0) > 0,
    )
  );
}

/** The same for a file's bytes. */
export function parseTrustedRoot(bytes: Uint8Array, place: string): TrustedRoot {
  const json = parseStrictJson(bytes);
  if ("problem" in json) throw signingError("TRUSTED_ROOT_INVALID", `${place} cannot be read: ${json.problem}`);
  return readTrustedRoot(json.value, place);
}
