import type { AuditedRun } from "./audit-report.ts";
import { type Content, type Html, html } from "./html.ts";
import type { Standing } from "./standing.ts";
import { minute } from "./wording.ts";

const signs: Readonly<Record<Standing, string>> = { good: "✓", warning: "⚠", wrong: "✗" };

/** A sign and a word, so that colour is never all there is to tell by. */
export function badge(standing: Standing, words: Content): Html {
  return html`<span class="badge ${standing}"><span aria-hidden="true">${signs[standing]}</span> ${words}</span>`;
}

/** A digest, path or reference: one click selects all of it. */
export function code(text: string): Html {
  return html`<code>${text}</code>`;
}

export function time(text: string): Html {
  return html`<time datetime="${text}">${minute(text)}</time>`;
}

/** A link where the address is one of the web, else the words alone: data chooses no other scheme. */
export function link(address: string | undefined, words: Content): Html {
  if (address === undefined || !/^https?:\/\/[^\s]+$/i.test(address) || !URL.canParse(address)) return html`${words}`;
  return html`<a href="${address}" rel="noreferrer noopener">${words}</a>`;
}

export function run(of: AuditedRun): Html {
  return link(of.url, html`run ${of.id}, attempt ${of.attempt}`);
}

/** A line in small print below a fact; nothing when it would be empty. */
export function note(content: Content): Html {
  return html`<p class="note">${content}</p>`;
}

/** `… and 4 more moves`; nothing when nothing was left out. */
export function more(omitted: number, what: string): Html {
  return omitted === 0 ? html`` : note(`… and ${omitted} more ${what}`);
}

/** A table whose first cell of each row is the row's header; on a narrow screen each row becomes a block. */
export function table(caption: string, columns: readonly string[], rows: readonly (readonly Content[])[]): Html {
  const cell = (content: Content, at: number) =>
    at === 0 ? html`<th scope="row">${content}</th>` : html`<td data-column="${columns[at]}">${content}</td>`;
  return html`<div class="scroll"><table class="rows">
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>`;
}
