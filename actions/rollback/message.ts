import type { PointerEvent } from "../../src/evidence/index.ts";
import { type CommitMessage, eventTrailers } from "../../src/gitops/index.ts";
import type { Chain, Signer } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";

/** The commit that rolls back. */
export function rollbackMessage(
  event: PointerEvent,
  { actor, chain, statement }: { readonly actor: Signer; readonly chain: Chain; readonly statement: Digest },
): CommitMessage {
  const { name, variant, environment, from, to, reason, role, holds } = event;
  return {
    subject: `Roll back ${name} (${variant}) in ${environment} to ${to.version}`,
    body: [
      `${role}/${actor.name} moved the pointer from ${from?.version ?? "nothing"} back to ${to.version}.`,
      `Why: ${reason}`,
      ...(holds === undefined
        ? []
        : [`${from?.version ?? "It"} is held: it cannot be deployed here until the hold is removed.`]),
    ].join("\n"),
    trailers: eventTrailers(event, { actor, chain, statement }),
  };
}
