import type { AuditedOrigin, AuditedPointer } from "./audit-report.ts";
import { cut } from "./cut.ts";
import { evaluationFact } from "./evaluation.ts";
import { furtherDetails } from "./further-details.ts";
import { type Content, type Html, html } from "./html.ts";
import { badge, code, link, more, note, table, time } from "./parts.ts";
import { approvedByFact, sinceFact } from "./people.ts";
import { signersOf, standingOf } from "./standing.ts";
import { counted, minute } from "./wording.ts";

const maxCandidates = 20;

/** One pointer: nine facts in the order in which they are asked for, then what there is to look deeper. */
export function pointerSection(pointer: AuditedPointer, id: string, generatedAt: string): Html {
  const { runs } = pointer;
  const facts: readonly (readonly [name: string, label: string, content: Html])[] = [
    ["model", "Model", modelFact(pointer)],
    ["version", "Version", html`<p class="version">${runs?.version ?? "not known"}</p>`],
    ["subject", "Subject", subjectFact(runs)],
    ["since", "Since", sinceFact(pointer, generatedAt)],
    ["approved-by", "Approved by", approvedByFact(pointer)],
    ["signed-by", "Signed by", html`<p>${signersOf(pointer)}</p>`],
    ["evaluation", "Evaluation", evaluationFact(pointer.evaluation)],
    ["origin", "Data and code", originFact(pointer.origin)],
    ["go-back", "How to go back", goBackFact(pointer)],
  ];
  return html`<section class="pointer ${standingOf(pointer)}" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${pointer.name} <span class="variant">${pointer.variant}</span></h2>
<p class="badges">${badges(pointer)}</p>
${pointer.problem === undefined ? undefined : html`<p class="problem" role="note">${badge("wrong", "problem")} ${pointer.problem}</p>`}
<dl class="facts">
${facts.map(([name, label, content]) => fact(`${id}-${name}`, label, content))}</dl>
${furtherDetails(pointer)}
</section>
`;
}

/** The label is a link to the fact itself: the keyboard reaches each one, and an auditor can cite it. */
function fact(id: string, label: string, content: Html): Html {
  return html`<div class="fact" id="${id}"><dt id="${id}-label"><a href="#${id}">${label}</a></dt>
<dd aria-labelledby="${id}-label">${content}</dd></div>
`;
}

function badges(pointer: AuditedPointer): Content {
  const { findings } = pointer.verdict;
  const failed = findings.filter((finding) => !finding.ok).length;
  const warned = findings.filter((finding) => finding.ok && finding.warning === true).length;
  return [
    verdictBadge(pointer),
    failed > 0 ? badge("wrong", counted(failed, "check failed", "checks failed")) : undefined,
    warned > 0 ? badge("warning", counted(warned, "warning")) : undefined,
    pointer.waivers.length > 0 ? badge("warning", counted(pointer.waivers.length, "waiver")) : undefined,
    pointer.since?.action === "unrecorded" ? badge("warning", "unrecorded move") : undefined,
  ];
}

function verdictBadge({ runs, verdict }: AuditedPointer): Html {
  if (runs === undefined) return badge("wrong", "not known what runs");
  return verdict.ok ? badge("good", "accepted by policy") : badge("wrong", "refused by policy");
}

function modelFact({ name, variant, state, file }: AuditedPointer): Html {
  return html`<p><b>${name}</b>, variant ${variant}, state ${state ?? "not known"}</p>
${note(html`Pointer ${code(file)}`)}`;
}

function subjectFact(runs: AuditedPointer["runs"]): Html {
  if (runs === undefined) return html`<p>not known</p>`;
  return html`<p>${code(runs.subject)}</p>
${runs.digest === runs.subject || runs.uri.endsWith(`@${runs.digest}`) ? undefined : note(html`Deployed form ${code(runs.digest)}`)}
${note(html`Pulled from ${code(runs.uri)}`)}`;
}

function originFact(origin: AuditedOrigin): Html {
  const { dataset, datasetVersion, codeCommit, codeRepository, trainedAt, trainedBy } = origin;
  // The first three are what lineage means; that one is missing is an answer too.
  const rows: readonly (readonly [string, Content])[] = [
    ["Training run", origin.trainingRun ?? "not recorded"],
    ["Dataset", dataset ?? "not recorded"],
    ["Dataset version", datasetVersion ?? "not recorded"],
    ["Code commit", codeCommit === undefined ? "not recorded" : code(codeCommit)],
    ["Code repository", codeRepository === undefined ? undefined : link(codeRepository, codeRepository)],
    ["Base model", origin.baseModel],
    ["Trained at", trainedAt === undefined ? undefined : time(trainedAt)],
    ["Trained by", trainedBy],
    ["Owner", origin.owner],
  ];
  return html`<ul class="pairs">${rows
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => html`<li><span class="muted">${label}</span> <span>${value}</span></li>`)}</ul>`;
}

function goBackFact({ goBack, replaced, name }: AuditedPointer): Html {
  const { kept, omitted } = cut(goBack.candidates, maxCandidates, (candidate) => candidate.accepted);
  const rows = kept.map(({ version, accepted, why, subject }) => [
    version,
    accepted ? badge("good", "can be used") : badge("wrong", "cannot"),
    why,
    code(subject),
  ]);
  const best = goBack.candidates.find(({ accepted }) => accepted);
  const answer =
    best === undefined
      ? html`<p>${badge("wrong", "nothing to go back to")} A rollback would be refused; deploy another release instead.</p>`
      : html`<p>To <b>${best.version}</b>, with</p><pre tabindex="0" role="region" aria-label="Command to go back from ${name}"><code>${goBack.command}</code></pre>`;
  return html`${answer}
${
  replaced === undefined
    ? note("Nothing ran here before.")
    : html`<p>Before it ran <b>${replaced.version}</b>, ${minute(replaced.from)} to ${minute(replaced.until)}.</p>${note(html`Subject ${code(replaced.subject)}`)}`
}
${rows.length === 0 ? note("There is no earlier version to go back to.") : table("Versions to go back to", ["Version", "Choice", "Why", "Subject"], rows)}
${more(omitted, "versions")}`;
}
