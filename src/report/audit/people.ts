import type { AuditedApproval, AuditedPointer, AuditedRun, AuditedSigner } from "./audit-report.ts";
import { cut } from "./cut.ts";
import { type Html, html } from "./html.ts";
import { badge, code, more, note, run, table, time } from "./parts.ts";
import { currentApproval } from "./standing.ts";
import { age, counted } from "./wording.ts";

const maxApprovals = 12;
const maxEvidence = 40;

/** Since when the pointer names what it names, and who moved it there. */
export function sinceFact({ since }: AuditedPointer, generatedAt: string): Html {
  if (since === undefined) return html`<p>not known</p>`;
  const { at, commit, author, action, reason, by, run: of } = since;
  const old = age(at, generatedAt);
  return html`<p><b>${time(at)}</b>${old === undefined ? undefined : html` <span class="muted">${old} ago</span>`}</p>
${action === "unrecorded" ? html`<p>${badge("warning", "unrecorded: no signed event vouches for it")}</p>` : undefined}
<p>${action === "unrecorded" ? "Commit" : `${action}, commit`} ${code(commit)} by ${author}</p>
${reason === undefined ? undefined : html`<p class="reason">${reason}</p>`}
${by === undefined ? undefined : signature(by, of)}`;
}

function signature(by: AuditedSigner, of: AuditedRun | undefined): Html {
  return html`<p>Signed by ${signer(by)}${of === undefined ? undefined : html`, ${run(of)}`}</p>
<details><summary>Signature of ${by.key} for this move</summary>${fingerprint(by)}</details>`;
}

/** Who let the release into the state that it has, then the earlier links of the chain, oldest first. */
export function approvedByFact(pointer: AuditedPointer): Html {
  const current = currentApproval(pointer);
  const others = pointer.approvals.filter((approval) => approval !== current);
  const { kept, omitted } = cut(others, maxApprovals);
  return html`${current === undefined ? nobody(pointer) : approval(current)}
${
  others.length === 0
    ? undefined
    : html`<details><summary>${counted(others.length, "other step")} of the chain</summary>
<ol class="chain">${kept.map((other) => html`<li>${approval(other)}</li>`)}</ol>${more(omitted, "steps")}</details>`
}`;
}

function nobody({ state }: AuditedPointer): Html {
  const where = state === undefined ? "any state" : `the state ${state}`;
  return html`<p>${badge("warning", "nobody")} No signed promotion to ${where} was found.</p>`;
}

function approval(link: AuditedApproval): Html {
  const { key, from, to, on, reason, run: of, evidence } = link;
  return html`<p>${signer(link)}</p>
<p>${from} → <b>${to}</b> on ${time(on)}${of === undefined ? undefined : html`, ${run(of)}`}</p>
${reason === undefined ? undefined : html`<p class="reason">${reason}</p>`}
<details><summary>Signature of ${key} for ${to}, on evidence for ${counted(evidence.length, "gate")}</summary>
${fingerprint(link)}
${note(html`Statement ${code(link.statement)}`)}
${evidenceTable(link)}</details>`;
}

function evidenceTable({ to, evidence }: AuditedApproval): Html {
  if (evidence.length === 0) return html``;
  const { kept, omitted } = cut(evidence, maxEvidence);
  const rows = kept.map(({ gate, finding, signedBy, statement }) => [
    gate,
    finding,
    signedBy ?? "not signed",
    statement === undefined ? "none" : code(statement),
  ]);
  return html`${table(`What the promotion to ${to} rests on`, ["Gate", "Finding", "Signed by", "Statement"], rows)}
${more(omitted, "gates")}`;
}

function signer({ role, key }: AuditedSigner): Html {
  return html`<b>${key}</b> as ${role}`;
}

function fingerprint({ key, fingerprint: hex }: AuditedSigner): Html {
  return note(html`Key of ${key} ${code(hex)}`);
}
