import { html } from "./html.ts";

/** Every text is at least 16 px; every pair of text and background has a contrast of at least 4.5 in both schemes. */
export const styles = html`<style>
:root {
  color-scheme: light dark;
  --page: #f5f5f2; --card: #ffffff; --inset: #f0f1ee; --line: #d4d6d1;
  --text: #1b1f24; --muted: #565d66; --link: #0b57a4;
  --good: #12652f; --good-back: #e4f3e8;
  --warning: #744700; --warning-back: #fdf0d5;
  --wrong: #9b1c1c; --wrong-back: #fde9e9;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1317; --card: #171c22; --inset: #10151a; --line: #343c46;
    --text: #e6e9ed; --muted: #a9b2bd; --link: #8fc0ff;
    --good: #7fd99a; --good-back: #12301d;
    --warning: #f2c46d; --warning-back: #33270d;
    --wrong: #ff9d97; --wrong-back: #3b1719;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--page); color: var(--text); overflow-wrap: break-word; }
p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: 1rem; top: -10rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.skip:focus { top: 1rem; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.8vw, 2.25rem); line-height: 1.2; margin: .25rem 0 1rem; text-wrap: balance; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 .5rem; }
.variant, .muted, .note, caption, .none, .timeline time { color: var(--muted); font-weight: 400; }
code, time, td, dd, li, .badge { unicode-bidi: isolate; }
code { font: 1rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; user-select: all; overflow-wrap: anywhere; }
pre { background: var(--inset); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; white-space: pre-wrap; }
.scroll { overflow-x: auto; }
.badge { display: inline-block; max-width: 100%; border-radius: 4px; padding: 0 .5rem; font-weight: 600; }
.badge.good, .plot .good { --ink: var(--good); } .badge.warning { --ink: var(--warning); } .badge.wrong, .plot .wrong { --ink: var(--wrong); }
.badge { color: var(--ink); } .badge.good { background: var(--good-back); } .badge.warning { background: var(--warning-back); } .badge.wrong { background: var(--wrong-back); }
.badges { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0 1rem; }
.problem { background: var(--wrong-back); border-left: 4px solid var(--wrong); padding: .75rem; margin: 0 0 1rem; }
.problem ul { padding-left: 1.75rem; }
nav ul { list-style: none; display: grid; grid-template-columns: minmax(0, 1fr); gap: .5rem; margin-bottom: 1rem; }
nav li { display: flex; flex-wrap: wrap; gap: .25rem .75rem; min-width: 0; } nav a { min-width: 0; }
main:focus { outline: none; }
.pointer, footer { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 0 0 1.5rem; }
.pointer { border-top: 4px solid var(--good); } .pointer.warning { border-top-color: var(--warning); } .pointer.wrong { border-top-color: var(--wrong); }
.fact { border-top: 1px solid var(--line); padding: .75rem 0; scroll-margin-top: .5rem; }
.fact:target, .pointer:target { background: var(--inset); }
dt { font-weight: 600; } dt a { color: inherit; text-decoration: none; } dt a:hover { text-decoration: underline; }
dd > * + *, details > * + *, li > * + p { margin-top: .375rem; }
.version { font-size: 1.375rem; font-weight: 600; line-height: 1.25; }
.reason { border-left: 3px solid var(--line); padding-left: .75rem; }
.pairs { list-style: none; display: grid; grid-template-columns: minmax(0, 1fr); gap: .375rem; }
.pairs .muted { display: block; }
details { margin-top: .5rem; }
summary { color: var(--muted); cursor: pointer; padding: .25rem 0; }
.further > summary { color: var(--text); } .further { border-top: 1px solid var(--line); padding-top: .75rem; } .none { border-top: 1px solid var(--line); padding-top: .75rem; margin-top: .5rem; }
.chain { padding-left: 1.5rem; } .chain > li + li { margin-top: 1rem; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
caption { text-align: left; padding-bottom: .25rem; }
thead th, td .badge { white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: .375rem .75rem .375rem 0; font-weight: 400; }
thead th { color: var(--muted); border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
.rows tbody tr { border-bottom: 1px solid var(--line); }
.metrics tbody { border-bottom: 1px solid var(--line); }
.rows tbody tr:last-child { border-bottom: 0; }
.metrics td { white-space: nowrap; }
.metrics td, .metrics thead th { width: 33%; }
.metric { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; }
.metric p { flex: 1 1 14rem; }
.plot { flex: 1 1 16rem; max-width: 20rem; height: auto; display: block; }
.axis { stroke: var(--line); stroke-width: 2; } .zone { fill: var(--good-back); } .threshold { stroke: var(--text); stroke-width: 2; }
.baseline { fill: none; stroke: var(--muted); stroke-width: 2; } .value { fill: var(--ink); } .error { fill: none; stroke: var(--text); stroke-width: 1.5; }
.legend { color: var(--muted); display: flex; gap: 1rem; flex-wrap: wrap; }
.legend i { display: inline-block; width: .75rem; height: .75rem; }
.dot { background: var(--good); border-radius: 50%; } .square { border: 2px solid var(--muted); transform: rotate(45deg); } .legend .shade { width: 1.5rem; background: var(--good-back); border-left: 2px solid var(--text); }
.timeline { list-style: none; border-left: 2px solid var(--line); margin-left: .375rem; }
.timeline li { padding: 0 0 1rem 1rem; position: relative; }
.timeline li::before { content: ""; position: absolute; left: -7px; top: .5rem; width: 12px; height: 12px; border-radius: 50%; background: var(--card); border: 2px solid var(--muted); }
.timeline p { margin: 0; }
@media (min-width: 44rem) {
  body { padding: 2rem; } .pointer, footer { padding: 1.5rem; }
  .fact { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 1rem; }
  .pairs li { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 1rem; }
}
@media (max-width: 43.99rem) {
  .rows, .rows tbody, .rows tr, .rows th, .rows td, .rows caption { display: block; }
  .rows thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .rows tr { padding: .5rem 0; } .rows th, .rows td { padding: 0 0 .25rem; }
  .rows td::before { content: attr(data-column) ": "; color: var(--muted); }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --inset: #fff; --line: #999; --text: #000; --muted: #333; --link: #000; }
  body { max-width: none; padding: 0; } .skip, nav { display: none; }
  .pointer, footer { border: 0; padding: 0; } .fact, tr, li { break-inside: avoid; }
  details::details-content { content-visibility: visible; height: auto; }
}
</style>`;
