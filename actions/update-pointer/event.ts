import type { Pin, PointerEvent, Promotion } from "../../src/evidence/index.ts";
import { approverOf, type CommitMessage, eventTrailers } from "../../src/gitops/index.ts";
import type { Chain, Signer } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";

/** The commit that deploys a release, so that `git log` alone says who, what and why. */
export function deployMessage(
  event: PointerEvent,
  { actor, chain, statement }: { readonly actor: Signer; readonly chain: Chain; readonly statement: Digest },
): CommitMessage {
  const { name, variant, environment, from, to, reason, role } = event;
  const last = chain.links.at(-1)?.promotion;
  return {
    subject: `Deploy ${name} ${to.version} (${variant}) to ${environment}`,
    body: [
      `${role}/${actor.name} moved the pointer from ${from?.version ?? "nothing"} to ${to.version}.`,
      `Why: ${reason}`,
      ...(last === undefined
        ? []
        : [
            `Approved for ${last.to} by ${approverOf(chain)} on ${last.promotedOn.slice(0, 10)}${last.reason === undefined ? "." : `: ${last.reason}`}`,
          ]),
      ...evaluationOf(chain.links.map((each) => each.promotion)),
    ].join("\n"),
    trailers: eventTrailers(event, { actor, chain, statement }),
  };
}

export function describePin(pin: Pin | undefined): string {
  return pin === undefined ? "nothing" : `${pin.version} (${pin.subject})`;
}

function evaluationOf(promotions: readonly Promotion[]): string[] {
  const used = promotions.flatMap(({ evidence }) => evidence.filter(({ gate }) => gate === "evaluation"));
  return used.slice(-1).map(({ finding }) => `Evaluation: ${finding}`);
}
