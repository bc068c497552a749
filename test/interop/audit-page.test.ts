import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditReport, auditPage } from "../../src/report/index.ts";
import { auditReport, digestOf, orderly, refused, unreadable } from "../support/audit-report.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { startBrowser } from "./support/browser.ts";
import { measureTexts, placeOf } from "./support/page-measures.ts";

/*
 * The auditor's page in a real browser, as it lands on somebody's phone: a file, without a network.
 */

const phone = { width: 390, height: 844 };
const everything: AuditReport = { ...auditReport([orderly, refused, unreadable]), problems: ["the registry is away"] };

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
// Undefined where it could not be started; that failure is the one to be read.
afterAll(() => browser?.close());

/** Opens the report's page offline; fails when it asks for anything but itself, or the browser complains of it. */
async function withPage(
  report: AuditReport,
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  await using directory = await temporaryDirectory();
  const file = directory.at("audit.html");
  await writeFile(file, auditPage(report));
  await using context = await browser.newContext({ viewport: phone, offline: true, ...options });
  context.setDefaultTimeout(5_000);
  const own = pathToFileURL(file).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  context.on("console", (message) => complaints.push(message.text()));
  context.on("weberror", (error) => complaints.push(String(error.error())));
  await context.route("**/*", (route) => (route.request().url() === own ? route.continue() : route.abort()));
  const page = await context.newPage();
  await page.goto(own);
  await look(page);
  expect(requests).toEqual([own]);
  expect(complaints).toEqual([]);
}

const factsInOrder = [
  "Model",
  "Version",
  "Subject",
  "Since",
  "Approved by",
  "Signed by",
  "Evaluation",
  "Data and code",
  "How to go back",
];

describe("the nine facts", () => {
  it("are found by their labels", async () => {
    await withPage(everything, async (page) => {
      const section = page.getByRole("main").getByRole("region", { name: "tiny-llm default", exact: true });
      const fact = (label: string) => section.getByLabel(label, { exact: true }).innerText();
      expect(await fact("Model")).toContain("tiny-llm, variant default, state production");
      expect(await fact("Version")).toBe("1.0.0");
      expect(await fact("Subject")).toContain(digestOf("5ab1"));
      expect(await fact("Since")).toMatch(/^2026-11-21 14:04 UTC 18 days ago\s+update, commit 9fceb02d/);
      expect(await fact("Approved by")).toMatch(
        /^lena as platform-lead\s+staging → production on 2026-11-21 13:58 UTC/,
      );
      expect(await fact("Signed by")).toBe("builder/release-ci");
      expect(await fact("Evaluation")).toMatch(/^✓ PASSED on 2026-11-05 22:40 UTC, signed by evaluator/);
      expect(await fact("Evaluation")).toMatch(/strict-match ✓ passed ± 0.0121, n = 1319\s+0.6213\s+≥ 0.6\s+0.5944/);
      expect(await fact("Data and code")).toMatch(/Dataset\s+corpora\/support-chat\s+Dataset version\s+2026-10-01/);
      expect(await fact("How to go back")).toContain(orderly.goBack.command);
    });
  });

  it("are there, in order, for every pointer, also for one of which nothing is known", async () => {
    await withPage(everything, async (page) => {
      for (const name of ["tiny-llm default", "retina/seg jetson", "speech cpu"]) {
        const labels = page.getByRole("region", { name, exact: true }).getByRole("term");
        expect(await labels.allInnerTexts()).toEqual(factsInOrder);
      }
      const speech = page.getByRole("region", { name: "speech cpu", exact: true });
      expect(await speech.getByLabel("Version", { exact: true }).innerText()).toBe("not known");
      expect(await speech.getByRole("note").innerText()).toContain("✗ problem POINTER_UNREADABLE");
    });
  });
});

it("shows what is wrong without a click, and keeps the rest closed", async () => {
  await withPage(everything, async (page) => {
    const section = (name: string) => page.getByRole("region", { name, exact: true });
    await expect.poll(() => section("retina/seg jetson").getByText("misses small lesions").isVisible()).toBe(true);
    expect(await section("retina/seg jetson").getByText("✗ expired").isVisible()).toBe(true);
    expect(await section("tiny-llm default").getByText("no hold on this subject").isVisible()).toBe(false);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain("2 not in order");
    expect(await page.getByText("the registry is away").isVisible()).toBe(true);
  });
});

describe("by keyboard", () => {
  it("Tab walks through the facts in their order, and misses nothing that can be used", async () => {
    await withPage(everything, async (page) => {
      const usable = await page.locator("a[href], summary, [tabindex='0']").filter({ visible: true }).all();
      const walked: string[] = [];
      for (const _ of usable) {
        await page.keyboard.press("Tab");
        walked.push(await page.locator(":focus").evaluate(placeOf));
      }
      expect(walked).toEqual(await Promise.all(usable.map((element) => element.evaluate(placeOf))));
      expect(walked[0]).toBe(": Skip to the answers");
      const labels = walked.map((at) => at.replace(/^.*?: /, "")).filter((text) => factsInOrder.includes(text));
      expect(labels).toEqual([...factsInOrder, ...factsInOrder, ...factsInOrder]);
    });
  });

  it("Enter opens what is closed, and the skip link leads past the head", async () => {
    await withPage(everything, async (page) => {
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").innerText()).toBe("Model");

      const history = page.getByRole("region", { name: "tiny-llm default", exact: true }).getByText("History: 3 moves");
      expect(await page.getByText("0.9.1 answers in German").first().isVisible()).toBe(false);
      await history.focus();
      await page.keyboard.press("Enter");
      expect(await page.getByText("0.9.1 answers in German").first().isVisible()).toBe(true);
    });
  });
});

/** With every details element open, so that all texts are there to be measured. */
async function openAll(page: Page): Promise<void> {
  await page.locator("details").evaluateAll((all) => {
    for (const details of all) details.setAttribute("open", "");
  });
}

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  it("every text is at least 16 px and has a contrast of at least 4.5", async () => {
    await withPage(
      everything,
      async (page) => {
        await openAll(page);
        const texts = await page.locator("body *").evaluateAll(measureTexts);
        expect(texts.length).toBeGreaterThan(200);
        expect(texts.filter(({ size, contrast }) => size < 16 || contrast < 4.5)).toEqual([]);
        const paper = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
        expect(paper).toBe(colorScheme === "dark" ? "rgb(15, 19, 23)" : "rgb(245, 245, 242)");
      },
      { colorScheme },
    );
  });
});

describe.each([phone, { width: 320, height: 568 }, { width: 1280, height: 900 }])(
  "a window of $width px",
  (viewport) => {
    const unbroken: AuditReport = JSON.parse(JSON.stringify(everything), (key, value: unknown) =>
      typeof value === "string" && !["action", "comparator"].includes(key) ? value + "w".repeat(300) : value,
    );

    it.each([
      ["the report", everything],
      ["texts of 300 letters without a space", unbroken],
    ])("holds the width of %s", async (_, report) => {
      await withPage(
        report,
        async (page) => {
          await openAll(page);
          expect(await page.evaluate<number>("document.scrollingElement.scrollWidth")).toBeLessThanOrEqual(
            viewport.width,
          );
        },
        { viewport },
      );
    });
  },
);

it("prints what is closed, too, and dark on white", async () => {
  await withPage(
    everything,
    async (page) => {
      await page.emulateMedia({ media: "print" });
      const contents = page.locator("details > :not(summary)");
      expect(await contents.count()).toBeGreaterThan(20);
      expect(await contents.filter({ visible: false }).count()).toBe(0);
      const texts = await page.locator("body *").evaluateAll(measureTexts);
      expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
      expect(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
      expect(await page.evaluate<string>("getComputedStyle(document.body).color")).toBe("rgb(0, 0, 0)");
    },
    { colorScheme: "dark" },
  );
});
