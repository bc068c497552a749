import type { Summary } from "../../src/contract/index.ts";
import type { Dossier, PromotionDecision } from "../../src/lifecycle/index.ts";

const sign = { met: "✓ met", waived: "! waived", missing: "✗ missing", failed: "✗ failed" } as const;

/** What a person sees of a decision: the answer, who may authorise it, and each gate with what to do. */
export function decisionSummary(title: string, dossier: Dossier, decision: PromotionDecision): Summary {
  const { from, to, champion, gates, mayAuthorise, role } = decision;
  const who = mayAuthorise.map(
    ({ role: name, keys }) => `${name} (${keys.length === 0 ? "no key in the policy" : keys.join(", ")})`,
  );
  return {
    title,
    facts: [
      { label: "subject", value: dossier.subject, code: true },
      { label: "transition", value: from === to ? `is ${to} already` : `${from} → ${to}` },
      { label: "champion", value: champion === undefined ? "none: this would be the first release" : champion.version },
      { label: "may authorise", value: who.join(" or ") || "nobody" },
      ...(role === undefined ? [] : [{ label: "acting as", value: role }]),
    ],
    tables:
      gates.length === 0
        ? []
        : [
            {
              title: "Gates",
              columns: [{ name: "gate" }, { name: "outcome" }, { name: "what was found" }],
              rows: gates.map(({ gate, outcome, finding, remedy }) => [
                gate,
                sign[outcome],
                remedy === undefined ? finding : `${finding} → ${remedy}`,
              ]),
            },
          ],
  };
}
