import { describe, expect, it } from "vitest";
import type { Summary } from "../contract/index.ts";
import { renderText } from "./text.ts";

const digest = `sha256:${"ab12".repeat(16)}`;
const plain = { width: 80, color: false };

const lines = (...texts: readonly string[]) => `${texts.join("\n")}\n`;

describe("renderText", () => {
  it("shows a title alone", () => {
    expect(renderText({ title: "Nothing to do", facts: [] }, plain)).toBe("Nothing to do\n");
  });

  it("aligns facts, wraps sentences and never breaks a digest", () => {
    const summary: Summary = {
      title: "Signed retina/seg 2.4.1 jetson",
      facts: [
        { label: "Subject", value: digest, code: true },
        { label: "Log", value: "not used: no transparency log was named, and the policy asks for none" },
        { label: "File", value: "a  file with  two spaces", code: true },
      ],
    };
    expect(renderText(summary, { width: 40, color: false })).toBe(
      lines(
        "Signed retina/seg 2.4.1 jetson",
        "",
        `  Subject  ${digest}`,
        "  Log      not used: no transparency log",
        "           was named, and the policy",
        "           asks for none",
        "  File     a  file with  two spaces",
      ),
    );
  });

  it("aligns the columns of a table and wraps the widest", () => {
    const summary: Summary = {
      title: "Scanned",
      facts: [],
      tables: [
        {
          title: "Checks",
          columns: [{ name: "Check" }, { name: "Found", align: "right" }, { name: "Verdict" }],
          rows: [
            ["files", "0", "passed"],
            ["opcodes", "12", "3 of them allowed until 2026-12-31"],
          ],
          omitted: 4,
        },
      ],
    };
    expect(renderText(summary, { width: 40, color: false })).toBe(
      lines(
        "Scanned",
        "",
        "Checks",
        "  Check    Found  Verdict",
        "  files        0  passed",
        "  opcodes     12  3 of them allowed",
        "                  until 2026-12-31",
        "  … and 4 more",
      ),
    );
  });

  it("shows a table that does not fit as one block for each row", () => {
    const table = {
      title: "Evidence",
      columns: [{ name: "Kind" }, { name: "Digest", code: true }],
      rows: [
        ["scan", digest],
        ["evaluation", digest],
      ],
    };
    expect(renderText({ title: "Verified", facts: [], tables: [table] }, plain)).toBe(
      lines(
        "Verified",
        "",
        "Evidence",
        "  Kind    scan",
        `  Digest  ${digest}`,
        "",
        "  Kind    evaluation",
        `  Digest  ${digest}`,
      ),
    );
  });

  it("says that a table is empty, and survives short rows", () => {
    const columns = [{ name: "Name" }, { name: "Size" }];
    const summary: Summary = {
      title: "T",
      facts: [],
      tables: [
        { title: "Empty", columns, rows: [] },
        { title: "Short", columns, rows: [["only one"]] },
      ],
    };
    expect(renderText(summary, plain)).toBe(
      lines("T", "", "Empty", "  none", "", "Short", "  Name      Size", "  only one"),
    );
  });

  it("does not let a value drive the terminal", () => {
    const summary: Summary = { title: "\u001b[2Jgone", facts: [{ label: "File", value: "a\u0007b", code: true }] };
    expect(renderText(summary, plain)).toBe(lines("gone", "", "  File  a�b"));
  });

  it("sets titles and labels apart in colour, and only there", () => {
    const summary: Summary = { title: "Done", facts: [{ label: "Tag", value: "1.0.0" }] };
    expect(renderText(summary, { width: 80, color: true })).toBe(
      lines("\u001b[1mDone\u001b[22m", "", "  \u001b[2mTag\u001b[22m  1.0.0"),
    );
  });
});
