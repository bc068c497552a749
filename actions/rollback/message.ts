import type { PointerEvent } from "../../src/evidence/index.ts";
import type { CommitMessage } from "../../src/gitops/index.ts";
import type { Chain, Signer } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";

/** The commit that rolls back. */
export function rollbackMessage(
  event: PointerEvent,
  { actor, chain, statement }: { readonly actor: Signer; readonly chain: Chain; readonly statement: Digest },
): CommitMessage {
  const { name, variant, environment, from, to, reason, role, run, link, holds } = event;
  const last = chain.links.at(-1);
  return {
    subject: `Roll back ${name} (${variant}) in ${environment} to ${to.version}`,
    body: [
      `${role}/${actor.name} moved the pointer from ${from?.version ?? "nothing"} back to ${to.version}.`,
      `Why: ${reason}`,
      ...(holds === undefined
        ? []
        : [`${from?.version ?? "It"} is held: it cannot be deployed here until the hold is removed.`]),
    ].join("\n"),
    trailers: [
      ["Action", "rollback"],
      ["Model-Name", name],
      ["Model-Version", to.version],
      ["Model-Variant", variant],
      ["Model-Digest", to.subject],
      ["Previous-Version", from?.version ?? "none"],
      ["Previous-Digest", from?.subject ?? "none"],
      ["Rolled-Back-From", from?.version ?? "none"],
      ["Environment", environment],
      ["Reason", reason],
      ["Actor", `${role}/${actor.name}`],
      ...(last === undefined ? [] : [["Approved-By", `${last.promotion.role}/${last.signer.name}`] as const]),
      ["Evidence-Digest", link],
      ["Event-Digest", statement],
      ...(holds === undefined ? [] : [["Holds", holds] as const]),
      ["Run", `${run.id} attempt ${run.attempt}`],
      ...(run.url === undefined ? [] : [["Run-Url", run.url] as const]),
    ],
  };
}
