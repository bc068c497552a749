import type { AuditedPointer, AuditFinding } from "./audit-report.ts";
import { cut } from "./cut.ts";
import { type Content, type Html, html } from "./html.ts";
import { badge, code, more, table, time } from "./parts.ts";
import { counted, day } from "./wording.ts";

const maxRows = 50;

/** What lies behind the facts: closed, except where something wants to be seen. */
export function furtherDetails(pointer: AuditedPointer): Html {
  return html`${waivers(pointer)}${evidence(pointer)}${verification(pointer)}${holds(pointer)}${history(pointer)}`;
}

function details(open: boolean, title: Content, content: Content): Html {
  return html`<details class="further"${open ? html` open` : undefined}><summary>${title}</summary>
${content}</details>
`;
}

function waivers({ waivers: all }: AuditedPointer): Html {
  if (all.length === 0) return html`<p class="none">No waivers</p>`;
  const { kept, omitted } = cut(all, maxRows, (waiver) => waiver.expired);
  const rows = kept.map(({ gate, to, reason, until, by, expired }) => [
    gate,
    to,
    html`${time(until)} ${expired ? badge("wrong", "expired") : undefined}`,
    by,
    reason,
  ]);
  const expired = all.filter((waiver) => waiver.expired).length;
  const title = [
    badge(expired > 0 ? "wrong" : "warning", counted(all.length, "waiver")),
    expired > 0 ? ` ${expired} expired` : ` until ${day(all[0]?.until ?? "")}`,
  ];
  return details(true, title, [
    table("Gates that were waived", ["Gate", "To", "Until", "By", "Reason"], rows),
    more(omitted, "waivers"),
  ]);
}

/** Who signed what; the tags name the runs that did it. */
function evidence({ evidence: all }: AuditedPointer): Html {
  if (all.length === 0) return html`<p class="none">No evidence</p>`;
  const { kept, omitted } = cut(all, maxRows);
  const rows = kept.map(({ fact, signedBy, identity, at, proven, tag, statement }) => [
    fact,
    [signedBy, identity === undefined ? undefined : html` <span class="muted">${identity}</span>`],
    at === undefined ? "not said" : [time(at), " ", proven ? badge("good", "proven") : "asserted"],
    tag === undefined ? "none" : code(tag),
    code(statement),
  ]);
  const signers = new Set(all.map(({ signedBy }) => signedBy)).size;
  return details(
    false,
    ["Evidence: ", counted(all.length, "statement"), ` by ${counted(signers, "signer")}`],
    [
      table("What was signed about it", ["Fact", "Signed by", "When", "Tag", "Statement"], rows),
      more(omitted, "statements"),
    ],
  );
}

function verification({ verdict }: AuditedPointer): Html {
  const noteworthy = (finding: AuditFinding) => !finding.ok || finding.warning === true;
  const { kept, omitted } = cut(verdict.findings, maxRows, noteworthy);
  const failed = verdict.findings.filter((finding) => !finding.ok).length;
  const standing = !verdict.ok || failed > 0 ? "wrong" : verdict.findings.some(noteworthy) ? "warning" : "good";
  const rows = kept.map((finding) => [finding.rule, findingBadge(finding), finding.finding]);
  return details(
    verdict.findings.some(noteworthy) || !verdict.ok,
    [badge(standing, "Verification"), ` ${counted(verdict.findings.length, "check")}, ${failed} failed`],
    [table("What was checked", ["Rule", "Result", "Finding"], rows), more(omitted, "checks")],
  );
}

function findingBadge({ ok, warning }: AuditFinding): Html {
  if (!ok) return badge("wrong", "failed");
  return warning === true ? badge("warning", "warning") : badge("good", "passed");
}

function holds({ holds: all, runs }: AuditedPointer): Html {
  if (all.length === 0) return html`<p class="none">No holds</p>`;
  const onThis = all.some((hold) => hold.subject === runs?.subject);
  const { kept, omitted } = cut(all, maxRows, (hold) => hold.subject === runs?.subject);
  const rows = kept.map(({ version, since, reason, subject }) => [
    version ?? "not known",
    time(since),
    reason,
    code(subject),
  ]);
  const title = [
    onThis ? badge("wrong", "Holds") : "Holds:",
    ` ${counted(all.length, "release")}`,
    onThis ? ", one on what runs" : "",
  ];
  return details(onThis, title, [
    table("Releases that may not be deployed here", ["Version", "Since", "Reason", "Subject"], rows),
    more(omitted, "holds"),
  ]);
}

function history({ history: moves }: AuditedPointer): Html {
  if (moves.length === 0) return html`<p class="none">No history</p>`;
  const { kept, omitted } = cut(moves, maxRows);
  return details(
    false,
    ["History: ", counted(moves.length, "move"), ", newest first"],
    [
      html`<ol class="timeline">${kept.map(
        ({ at, commit, version, action, by, reason }) => html`<li>
<p>${time(at)}</p>
<p><b>${version}</b> ${action === "unrecorded" ? badge("warning", action) : action}${by === undefined ? undefined : ` by ${by}`}</p>
${reason === undefined ? undefined : html`<p class="reason">${reason}</p>`}
<p class="note">Commit ${code(commit)}</p></li>\n`,
      )}</ol>`,
      more(omitted, "moves"),
    ],
  );
}
