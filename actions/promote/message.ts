import type { Promotion } from "../../src/evidence/index.ts";
import type { LedgerAddition, Signer } from "../../src/lifecycle/index.ts";
import type { Digest } from "../../src/oci/index.ts";

/** The commit that adds a link, so that `git log` alone tells who promoted what, and why. */
export function commitMessage(
  promotion: Promotion,
  { subject, statement, signer }: { readonly subject: Digest; readonly statement: Digest; readonly signer: Signer },
): LedgerAddition["message"] {
  const { name, version, variant, from, to, role, reason, evidence, waivers, champion, run } = promotion;
  const body = [
    `${role}/${signer.name} moved ${name} ${version} (${variant}) from ${from} to ${to}.`,
    ...(reason === undefined ? [] : [`Why: ${reason}`]),
    champion === undefined ? "It is the first release of this variant." : `The champion was ${champion.version}.`,
    "",
    ...evidence.map(({ gate, finding }) => `* ${gate}: ${finding}`),
    ...waivers.map(
      ({ gate, reason: why, until, role: by }) => `* ${gate}: WAIVED by ${by} until ${until.slice(0, 10)}: ${why}`,
    ),
  ].join("\n");
  return {
    subject: `Promote ${name} ${version} (${variant}) to ${to}`,
    body,
    trailers: [
      ["Action", "promote"],
      ["Model-Name", name],
      ["Model-Version", version],
      ["Model-Variant", variant],
      ["Model-Digest", subject],
      ["State", to],
      ["Previous-State", from],
      ["Approved-By", `${role}/${signer.name}`],
      ["Evidence-Digest", statement],
      ...(reason === undefined ? [] : [["Reason", reason] as const]),
      ["Run", `${run.id} attempt ${run.attempt}`],
      ...(run.url === undefined ? [] : [["Run-Url", run.url] as const]),
    ],
  };
}

/** The commit that joins a chain that diverged. */
export function joinMessage(subject: Digest, signer: Signer) {
  return ({ promotion, statement }: { readonly promotion: Promotion; readonly statement: Digest }) => {
    const message = commitMessage(promotion, { subject, statement, signer });
    const { name, version, variant, to, previous } = promotion;
    return {
      ...message,
      subject: `Join the promotions of ${name} ${version} (${variant}) as ${to}`,
      body: [
        `${promotion.role}/${signer.name} decided that it is ${to}, after two histories:`,
        ...previous.map((digest) => `* ${digest}`),
        ...(promotion.reason === undefined ? [] : [`Why: ${promotion.reason}`]),
      ].join("\n"),
    };
  };
}
