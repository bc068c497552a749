import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auditReport, orderly, passedEvaluation, refused, unreadable } from "../../../test/support/audit-report.ts";
import type { AuditReport } from "./audit-report.ts";
import { auditPage } from "./page.ts";

const everything: AuditReport = { ...auditReport([orderly, refused, unreadable]), problems: ["the registry is away"] };

/** Words that choose what is drawn; all other texts are shown and nothing else. */
const chosen = new Set(["update", "rollback", "unrecorded", "PASSED", "FAILED", "WARNED", ">=", "<=", "production"]);

/** The same report with every text replaced that does not choose what is drawn. */
function withTexts(report: AuditReport, replace: (text: string) => string): AuditReport {
  return JSON.parse(JSON.stringify(report), (_key, value: unknown) =>
    typeof value === "string" && !chosen.has(value) ? replace(value) : value,
  );
}

/** The page's tags in order, with the names of their attributes; fails where one is not closed in its place. */
function outline(page: string): string[] {
  const empty = new Set(["!doctype", "meta", "link", "line", "path", "rect", "circle"]);
  const open: string[] = [];
  return [...page.replace(/<style>.*<\/style>/s, "").matchAll(/<(\/?)([^\s/>]+)((?:[^"'>]|"[^"]*")*)>/g)].map(
    ([, end, name = "", attributes = ""]) => {
      if (end) expect(open.pop()).toBe(name);
      else if (!empty.has(name)) open.push(name);
      return `${end}${name}${attributes.replace(/"[^"]*"/g, "")}`;
    },
  );
}

describe("whatever the texts of a report are", () => {
  it.each([
    "</style></dd></main><script>alert(1)</script>",
    `" autofocus onfocus="alert(1)" x='`,
    "' onclick='alert(1)",
    "<!--",
    "]]><svg onload=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "\u202e\u0000\u001b[2J\u2028",
    "&lt;b&gt;&#60;",
  ])("%j makes no markup", (hostile) => {
    const page = auditPage(withTexts(everything, () => hostile));
    expect(outline(page)).toEqual(outline(auditPage(withTexts(everything, () => "harmless"))));
    expect(page).not.toMatch(/href="(?!#|data:,"|https?:)/);
    expect(page).not.toMatch(/[\u202e\0\u001b\u2028]/);
  });

  it("the page has the same tags, all closed in their place", { timeout: 30_000 }, () => {
    const harmless = outline(auditPage(withTexts(everything, () => "harmless")));
    const unit = fc.oneof(
      fc.constantFrom(..."<>\"'&/=!-`{}$"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(outline(auditPage(withTexts(everything, () => text)))).toEqual(harmless);
      }),
      { numRuns: 60 },
    );
  });

  it("all of them are there to be read", () => {
    const texts: string[] = [];
    const page = auditPage(
      withTexts(auditReport(), (text) => {
        // Addresses are no words: they are where a link leads.
        if (/^https?:/.test(text)) return text;
        texts.push(`[${texts.length}] ${text.replaceAll("'", "")}`);
        return texts.at(-1) ?? "";
      }),
    );
    expect(texts.length).toBeGreaterThan(80);
    const escaped = texts.map((text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
    expect(escaped.filter((text) => !page.includes(text))).toEqual([]);
  });
});

it("loads nothing and runs nothing", () => {
  const page = auditPage(everything);
  expect(page).toContain('content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:');
  expect(page).not.toMatch(/<script|\ssrc=|@import|url\(|\son[a-z]+=/i);
});

it("links to the web and to nothing else", () => {
  const run = (url: string) => ({ id: "1", attempt: 1, url });
  const linked = (url: string) => {
    const page = auditPage(auditReport([{ ...unreadable, evaluation: { ...passedEvaluation, run: run(url) } }]));
    return page.includes(">run 1, attempt 1</a>");
  };
  expect(linked("https://ci.example/1?a=b&c=%22")).toBe(true);
  expect(linked("HTTP://ci.example")).toBe(true);
  for (const url of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//ci.example",
    "https://",
    "https://a b",
    " https://a",
  ]) {
    expect(linked(url), url).toBe(false);
  }
});

it("is the same bytes for the same report", () => {
  expect(auditPage(structuredClone(everything))).toBe(auditPage(everything));
});

it("cuts long lists, keeps what is wrong, and says how many are left out", () => {
  const moves = orderly.history
    .slice(0, 1)
    .flatMap((move) => Array.from({ length: 5_000 }, (_, at) => ({ ...move, version: `1.0.${at}` })));
  const findings = Array.from({ length: 500 }, (_, at) => ({
    rule: `rule-${at}`,
    ok: at !== 499,
    finding: "looked at",
  }));
  const page = auditPage(auditReport([{ ...orderly, history: moves, verdict: { ok: false, findings } }]));
  expect(page).toContain("… and 4950 more moves");
  expect(page).toContain("1.0.49<");
  expect(page).not.toContain("1.0.50<");
  expect(page).toContain("… and 450 more checks");
  expect(page).toContain("rule-499<");
  expect(page).not.toContain("rule-49<");
});

it("has a size that is bounded, however many pointers and however long their texts", () => {
  const long = withTexts(auditReport(), (text) => text.repeat(2_000));
  const pointers = Array.from({ length: 1_000 }, () => orderly);
  expect(auditPage(auditReport(pointers))).toContain("… and 800 more pointers");
  expect(auditPage(long).length).toBeLessThan(1_000_000);
});
