import { shortDigest } from "../oci/index.ts";
import type { Demand } from "./demands.ts";
import type { AdmissionRequest } from "./request.ts";

/** What no policy of a cluster can say; the same for every engine. */
const beyond = [
  "A signature says what was decided then. This policy does not see what `slipway verify --for deploy` sees:",
  "  - revocations, holds and retirement that came after the promotion;",
  "  - statements that a newer one replaced;",
  "  - keys that begin or end later: they count, or do not, as on the day this file was written;",
  "  - models that reach the node otherwise than as an image: downloads, volumes, init containers that pull.",
];

/** The top of a file: what it is, whom it trusts, and what it cannot do. @param own what only this engine cannot */
export function comment(
  { policy, demands, images }: AdmissionRequest,
  engine: string,
  own: readonly string[],
): string[] {
  const { environment, states, signature, summary } = demands;
  return [
    `Written by \`slipway admission\` for ${engine}; edit the release policy and write it again instead.`,
    `policy ${policy.file} ${shortDigest(policy.digest)}, environment ${environment} (${states.join(", ")}), images ${images.text}`,
    "",
    `Every such image must be signed by ${signature.roles.join(" or ")}: ${members(signature)}.`,
    summary === undefined
      ? "No verification summary is asked for: the environment permits releases that nobody promoted."
      : `It must have the verification summary of ${summary.state} by ${summary.roles.join(" or ")}: ${members(summary)}.`,
    ...[...new Set([signature, summary].flatMap((demand) => demand?.leftOut ?? []))].map(
      (clause) => `Left out: ${clause}.`,
    ),
    ...[...new Set([signature, summary].flatMap((demand) => (demand?.ending ?? []).map(endingLine)))],
    "",
    ...beyond,
    ...own.map((line) => `  - ${line}`),
    "",
  ];
}

function endingLine({ name, until }: Demand["ending"][number]): string {
  return `"${name}" counts until ${until.toISOString()} only: write this file again before.`;
}

function members({ keys, identities }: Demand): string {
  return [...keys, ...identities].map(({ name }) => name).join(", ") || "nobody";
}
