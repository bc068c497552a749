import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { type Finding, finding } from "../../oci/index.ts";
import type { PlacedRoot } from "./trusted-root.ts";

/** Whom a signer would ask. */
export interface Services {
  readonly fulcio: boolean;
  /** Version of the log's interface; undefined without a log. */
  readonly rekor: 1 | 2 | undefined;
  readonly timestamps: boolean;
}

/** What verification with a trusted root will want of a signature, and whether what was named to sign with gives it. */
export function judgeRequirements({ root, place }: PlacedRoot, services: Services): Finding {
  const check = `needs of ${place}`;
  const words = requirementsOf(root);
  if (!services.fulcio) return finding(check, "ok", words);
  const { certificateAuthorities, tlogs, timestampAuthorities } = root;
  const consequence = "What is signed with fulcio-url will be refused";
  if (certificateAuthorities.length === 0) {
    return finding(check, "failed", words, `${consequence}: put the authority's certificates into the trusted root.`);
  }
  if (tlogs.length > 0 && services.rekor === undefined) {
    return finding(check, "failed", words, `${consequence}: give rekor-url, the address of a log that the root names.`);
  }
  const stamped = services.timestamps && timestampAuthorities.length > 0;
  if (!stamped && services.rekor !== 1) {
    const advice =
      timestampAuthorities.length > 0
        ? "give timestamp-url, the address of an authority that the root names."
        : "put the timestamp authority's certificates into the trusted root.";
    return finding(check, "failed", words, `${consequence}, since nothing proves its time: ${advice}`);
  }
  return finding(check, "ok", words);
}

/** What verification will want, in words. */
function requirementsOf({ certificateAuthorities, tlogs, ctlogs, timestampAuthorities }: TrustedRoot): string {
  const times = [
    ...(timestampAuthorities.length > 0 ? ["a stamp of its timestamp authorities"] : []),
    ...(tlogs.length > 0 ? ["the promise of one of its logs (version 1)"] : []),
  ].join(" or ");
  const time = times === "" ? "no time can be proven" : `times are proven by ${times}`;
  if (certificateAuthorities.length === 0) return `no certificate is trusted; ${time}`;
  const wanted = [
    "a certificate of its authorities",
    ...(ctlogs.length > 0 ? ["with a proof of its certificate logs"] : []),
    ...(tlogs.length > 0 ? ["an entry in one of its logs"] : []),
    "a proven time",
  ];
  return `a signature without a key needs ${wanted.join(", ")}; ${time}`;
}
