import type { PointerEvent } from "../../evidence/index.ts";
import type { Chain, Signer } from "../../lifecycle/index.ts";
import type { Digest } from "../../oci/index.ts";
import type { CommitMessage } from "../git/index.ts";

/**
 * The trailers of a commit that moves a pointer, so that `git log` alone says who, what, why and on which evidence.
 *
 * @param statement digest of the signed event that lies in the same commit
 */
export function eventTrailers(
  event: PointerEvent,
  { actor, chain, statement }: { readonly actor: Signer; readonly chain: Chain; readonly statement: Digest },
): CommitMessage["trailers"] {
  const { action, name, variant, environment, from, to, reason, role, run, link, holds } = event;
  return [
    ["Action", action === "rollback" ? "rollback" : "deploy"],
    ["Model-Name", name],
    ["Model-Version", to.version],
    ["Model-Variant", variant],
    ["Model-Digest", to.subject],
    ["Previous-Version", from?.version ?? "none"],
    ["Previous-Digest", from?.subject ?? "none"],
    ...(action === "rollback" ? [["Rolled-Back-From", from?.version ?? "none"] as const] : []),
    ["Environment", environment],
    ["Reason", reason],
    ["Actor", `${role}/${actor.name}`],
    ["Approved-By", approverOf(chain)],
    ["Evidence-Digest", link],
    ["Event-Digest", statement],
    ...(holds === undefined ? [] : [["Holds", holds] as const]),
    ["Run", `${run.id} attempt ${run.attempt}`],
    ...(run.url === undefined ? [] : [["Run-Url", run.url] as const]),
  ];
}

/** Who authorised the last promotion, as `role/key`. */
export function approverOf({ links }: Chain): string {
  const last = links.at(-1);
  return last === undefined ? "nobody" : `${last.promotion.role}/${last.signer.name}`;
}
