import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../../src/oci/index.ts";
import type { Fault } from "../../registry/faults.ts";
import { outcomeOf } from "./outcome.ts";
import { registryKinds } from "./registry-kinds.ts";
import { registryScene, type Scene, weights } from "./registry-scene.ts";
import { fileLayer, provide, report, reportLayer, subject } from "./release.ts";

/*
 * Every fault on the way back from every kind of registry: a file arrives whole, or nothing of it stays behind; small
 * content comes verified, or not at all.
 */

const always = Number.POSITIVE_INFINITY;
const [half, last] = [weights.length / 2, weights.length - 1];
const other = `sha256:${"0".repeat(64)}`;

/** Ends of a fault that happens once and of one that always happens: `done`, or a code. */
interface Row {
  readonly fault: Fault;
  readonly once: string;
  readonly always: string;
}

const row = (name: string, fault: Fault, once: string, forEver = once): [string, Row] => [
  name,
  { fault, once, always: forEver },
];

const rows: readonly [string, Row][] = [
  row("nothing", {}, "done"),
  row("cut before the first byte", { cutResponseAfter: 0 }, "done", "REGISTRY_UNREACHABLE"),
  row("cut in place of an answer", { dropAnswer: true }, "done", "REGISTRY_UNREACHABLE"),
  row("429", { answer: { status: 429, headers: { "retry-after": "0" } } }, "done", "REGISTRY_FAILED"),
  row("500", { answer: { status: 500 } }, "done", "REGISTRY_FAILED"),
  row("503", { answer: { status: 503, body: "<html>" } }, "done", "REGISTRY_FAILED"),
  row("403", { answer: { status: 403 } }, "REGISTRY_DENIED"),
  row("404", { answer: { status: 404 } }, "NOT_FOUND"),
  row("416 to everything", { answer: { status: 416 } }, "REGISTRY_REFUSED"),
  row("an altered byte", { body: { flipByteAt: 5 } }, "CONTENT_ALTERED"),
  row("nothing at all", { body: { truncateTo: 0 } }, "done", "CONTENT_ALTERED"),
  row("no length", { withoutLength: true }, "done"),
  row("a header with another digest", { rewrite: { headers: { "docker-content-digest": other } } }, "done"),
  row("a redirect", { redirect: 307 }, "done"),
];

/** What shows in the middle of a file only. */
const rowsOfFiles: readonly [string, Row][] = [
  row("cut after a byte", { cutResponseAfter: 1 }, "done"),
  row("cut in the middle", { cutResponseAfter: half }, "done"),
  row("cut before the last byte", { cutResponseAfter: last }, "done"),
  row("cut, and ranges are ignored", { cutResponseAfter: half, ignoreRange: true }, "done"),
  row("more than there is", { body: { padTo: weights.length + 1 } }, "CONTENT_ALTERED"),
  row("a file that is too short", { body: { truncateTo: half } }, "done"),
  row("a file whose last byte is altered", { body: { flipByteAt: last } }, "CONTENT_ALTERED"),
  row("a file that stalls", { stallResponse: { at: half, ms: 10 } }, "done"),
  row("a length that is too long", { rewrite: { headers: { "content-length": "999999" } } }, "done"),
];

describe.each(registryKinds)("from %s", (_, options) => {
  let scene: Scene;
  let at: "registry" | "elsewhere";

  beforeAll(async () => {
    scene = await registryScene(options);
    await provide(scene);
    at = scene.registry.behaviour.blobs.redirects === "none" ? "registry" : "elsewhere";
  });
  afterAll(() => scene[Symbol.asyncDispose]());
  afterEach(async () => {
    for (const name of await readdir(scene.target)) await rm(join(scene.target, name));
  });

  /** Does something while blobs go wrong. */
  async function during(fault: Fault, times: number, work: () => Promise<unknown>): Promise<string> {
    const rule = scene.registry.inject({ match: { method: "GET", path: /\/blobs\/sha256:/, at, times }, fault });
    try {
      return await outcomeOf(work);
    } finally {
      expect(rule.fired).toBeGreaterThan(0);
      rule.remove();
    }
  }

  async function pullDuring(fault: Fault, times: number): Promise<string> {
    const path = join(scene.target, "weights");
    let heard = 0;
    const onBytes = (bytes: number) => {
      heard += bytes;
    };
    const met = await during(fault, times, async () => (await scene.open()).pullFile(fileLayer, path, 0o644, onBytes));
    expect(await readdir(scene.target)).toEqual(met === "done" ? ["weights"] : []);
    if (met === "done") expect([heard, digestOf(await readFile(path))]).toEqual([weights.length, fileLayer.digest]);
    return met;
  }

  it.each([...rows, ...rowsOfFiles])("a file: %s, once", async (_name, { fault, once }) => {
    expect(await pullDuring(fault, 1)).toBe(once);
  });

  it.each(rows)("a file: %s, always", async (_name, { fault, always: forEver }) => {
    // From elsewhere a redirect leads to itself.
    if (fault.redirect !== undefined && at === "elsewhere") return;
    expect(await pullDuring(fault, always)).toBe(forEver);
  });

  it.each(rows)("small content: %s", async (_name, { fault, once, always: forEver }) => {
    for (const [times, ends] of [
      [1, once],
      [always, forEver],
    ] as const) {
      if (fault.redirect !== undefined && at === "elsewhere") return;
      let bytes: Uint8Array | undefined;
      const met = await during(fault, times, async () => {
        bytes = await (await scene.open()).fetch(reportLayer, 1000);
      });
      expect(met).toBe(ends);
      if (met === "done") expect(Buffer.from(bytes ?? []).equals(report)).toBe(true);
    }
  });

  it("small content: a byte more than there is", async () => {
    const fault = { body: { padTo: report.length + 1 } };
    expect(await during(fault, 1, async () => (await scene.open()).fetch(reportLayer, 1000))).toBe("CONTENT_ALTERED");
  });

  it("small content: much more than there is", async () => {
    const fault = { body: { padTo: 5000 } };
    expect(await during(fault, 1, async () => (await scene.open()).fetch(reportLayer, 1000))).toBe("CONTENT_ALTERED");
  });

  it("a file that shall be shorter than it is", async () => {
    const path = join(scene.target, "weights");
    const short = { ...fileLayer, size: weights.length - 1 };
    expect(await outcomeOf(async () => (await scene.open()).pullFile(short, path, 0o644, () => {}))).toBe(
      "CONTENT_ALTERED",
    );
    expect(await readdir(scene.target)).toEqual([]);
  });

  it("a file that shall be longer than it is", async () => {
    const path = join(scene.target, "weights");
    const long = { ...fileLayer, size: weights.length + 1 };
    const met = await outcomeOf(async () => (await scene.open()).pullFile(long, path, 0o644, () => {}));
    expect(met).toBe("CONTENT_ALTERED");
    expect(await readdir(scene.target)).toEqual([]);
  });

  it("keeps credentials for itself", async () => {
    await (await scene.open()).resolve({ digest: subject.digest });
    const leaks = scene.registry.requests.filter(
      (request) =>
        request.at === "elsewhere" && !request.path.startsWith("/auth/") && request.headers.authorization !== undefined,
    );
    expect(leaks).toEqual([]);
  });
});
