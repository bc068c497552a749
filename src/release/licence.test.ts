import { describe, expect, it } from "vitest";
import { isLicenceExpression } from "./licence.ts";

describe("licence expressions", () => {
  it.each([
    "Apache-2.0",
    "GPL-2.0+",
    "llama3.1",
    "LicenseRef-own",
    "DocumentRef-spdx:LicenseRef-own",
    "MIT OR Apache-2.0",
    "MIT or Apache-2.0",
    "(MIT AND BSD-3-Clause) OR (Apache-2.0 AND (CC-BY-4.0))",
    "GPL-2.0-only WITH Classpath-exception-2.0",
    "(GPL-2.0-only WITH Classpath-exception-2.0)AND MIT",
  ])("%s is one", (text) => {
    expect(isLicenceExpression(text)).toBe(true);
  });

  it.each([
    "",
    "Apache 2.0",
    "MIT,",
    "MIT/Apache-2.0",
    "MIT OR",
    "OR MIT",
    "AND",
    "MIT Or Apache-2.0",
    "()",
    "(MIT",
    "MIT)",
    "MIT) OR (MIT",
    "MIT (Apache-2.0)",
    "MIT WITH",
    "MIT WITH OR",
    "(MIT) WITH Classpath-exception-2.0",
    "MIT WITH a WITH b",
    "see LICENSE",
    "+",
    "-MIT",
  ])("%j is none", (text) => {
    expect(isLicenceExpression(text)).toBe(false);
  });

  it("may be nested as deep as anybody likes", () => {
    expect(isLicenceExpression(`${"(".repeat(50_000)}MIT${")".repeat(50_000)}`)).toBe(true);
    expect(isLicenceExpression("(".repeat(100_000))).toBe(false);
  });
});
