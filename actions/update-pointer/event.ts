import type { Pin, PointerEvent, Promotion } from "../../src/evidence/index.ts";
import type { CommitMessage } from "../../src/gitops/index.ts";
import type { Chain, Signer } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";

/** The commit that deploys a release, so that `git log` alone says who, what and why. */
export function deployMessage(
  event: PointerEvent,
  context: { readonly actor: Signer; readonly chain: Chain; readonly statement: Digest; readonly approver: string },
): CommitMessage {
  const { name, variant, environment, from, to, reason, role, run, link } = event;
  const { actor, chain, statement, approver } = context;
  const last = chain.links.at(-1)?.promotion;
  return {
    subject: `Deploy ${name} ${to.version} (${variant}) to ${environment}`,
    body: [
      `${role}/${actor.name} moved the pointer from ${from?.version ?? "nothing"} to ${to.version}.`,
      `Why: ${reason}`,
      ...(last === undefined
        ? []
        : [
            `Approved for ${last.to} by ${approver} on ${last.promotedOn.slice(0, 10)}${last.reason === undefined ? "." : `: ${last.reason}`}`,
          ]),
      ...evaluationOf(chain.links.map((each) => each.promotion)),
    ].join("\n"),
    trailers: [
      ["Action", "deploy"],
      ["Model-Name", name],
      ["Model-Version", to.version],
      ["Model-Variant", variant],
      ["Model-Digest", to.subject],
      ["Previous-Version", from?.version ?? "none"],
      ["Previous-Digest", from?.subject ?? "none"],
      ["Environment", environment],
      ["Reason", reason],
      ["Actor", `${role}/${actor.name}`],
      ["Approved-By", approver],
      ["Evidence-Digest", link],
      ["Event-Digest", statement],
      ["Run", `${run.id} attempt ${run.attempt}`],
      ...(run.url === undefined ? [] : [["Run-Url", run.url] as const]),
    ],
  };
}

/** Who authorised the last link. */
export function approverOf({ links }: Chain): string {
  const last = links.at(-1);
  return last === undefined ? "nobody" : `${last.promotion.role}/${last.signer.name}`;
}

export function describePin(pin: Pin | undefined): string {
  return pin === undefined ? "nothing" : `${pin.version} (${pin.subject})`;
}

function evaluationOf(promotions: readonly Promotion[]): string[] {
  const used = promotions.flatMap(({ evidence }) => evidence.filter(({ gate }) => gate === "evaluation"));
  return used.slice(-1).map(({ finding }) => `Evaluation: ${finding}`);
}
