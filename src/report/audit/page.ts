import type { AuditedPointer, AuditReport } from "./audit-report.ts";
import { cut } from "./cut.ts";
import { type Html, html } from "./html.ts";
import { badge, code, more, time } from "./parts.ts";
import { pointerSection } from "./pointer-section.ts";
import { answerLine, standingOf } from "./standing.ts";
import { styles } from "./styles.ts";

const maxPointers = 200;
const maxProblems = 50;

/** Nothing is loaded and nothing runs, whatever the data holds: the page is one file that can be kept for years. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report as one self-contained HTML file: no script, no network, the same bytes for the same report. Long lists and
 * texts are cut, so that its size is bounded.
 */
export function auditPage(report: AuditReport): string {
  const wrong = (pointer: AuditedPointer) => standingOf(pointer) !== "good";
  const { kept, omitted } = cut(report.pointers, maxPointers, wrong);
  const title = answerLine(report);
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
${styles}
</head>
<body>
<a class="skip" href="#answers">Skip to the answers</a>
<header>
<p class="muted">Model audit of ${report.environment}</p>
<h1>${title}</h1>
${problems(report.problems)}
${contents(kept)}
</header>
<main id="answers" tabindex="-1">
${kept.map((pointer, at) => pointerSection(pointer, `p${at + 1}`, report.generatedAt))}${more(omitted, "pointers")}</main>
<footer>
<h2>What this was answered from</h2>
${basis(report)}
</footer>
</body>
</html>
`}`;
}

function problems(all: readonly string[]): Html {
  if (all.length === 0) return html``;
  const { kept, omitted } = cut(all, maxProblems);
  return html`<div class="problem" role="note"><p>${badge("wrong", "This audit is not complete")}</p>
<ul>${kept.map((problem) => html`<li>${problem}</li>`)}</ul>${more(omitted, "problems")}</div>`;
}

/** With one pointer there is nothing to choose from. */
function contents(pointers: readonly AuditedPointer[]): Html {
  if (pointers.length < 2) return html``;
  const words = { good: "in order", warning: "to look at", wrong: "not in order" };
  return html`<nav aria-label="Models"><ul>${pointers.map((pointer, at) => {
    const standing = standingOf(pointer);
    const { name, variant, runs } = pointer;
    return html`<li><a href="#p${at + 1}">${name} ${variant} ${runs?.version}</a> ${badge(standing, words[standing])}</li>\n`;
  })}</ul></nav>`;
}

function basis({ generatedAt, source, repository, branch, commit, policy: digest }: AuditReport): Html {
  const rows: readonly (readonly [string, Html])[] = [
    ["Asked", time(generatedAt)],
    ["Source", html`${source}`],
    ["Repository", code(repository)],
    ["Branch", code(branch)],
    ["Commit", code(commit)],
    ["Policy", code(digest)],
  ];
  return html`<ul class="pairs">${rows.map(
    ([label, value]) => html`<li><span class="muted">${label}</span> <span>${value}</span></li>`,
  )}</ul>`;
}
