import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../../src/oci/index.ts";
import type { Fault } from "../../registry/faults.ts";
import { outcomeOf } from "./outcome.ts";
import { registryKinds } from "./registry-kinds.ts";
import { registryScene, type Scene } from "./registry-scene.ts";
import { evidence, evidenceTag, provide, subject, tag } from "./release.ts";

/*
 * Lists that lie, break off or never end, from every kind of registry: what is found is what is really there and really
 * refers to the subject, with the types that the manifests themselves have; or it ends with a code.
 */

const always = Number.POSITIVE_INFINITY;
const other = `sha256:${"0".repeat(64)}`;
const real = [{ digest: digestOf(evidence), size: evidence.length, artifactType: "application/vnd.example.report" }];

/** What is found: the real one, none, or a code. */
type Ends = "real" | "none" | string;
interface Row {
  readonly fault: Fault;
  readonly times: number;
  readonly ends: Ends;
}
const row = (name: string, times: number, fault: Fault, ends: Ends = "real"): [string, Row] => [
  name,
  { fault, times, ends },
];

const rows: readonly [string, Row][] = [
  row("nothing", 1, {}),
  row("500", 1, { answer: { status: 500 } }),
  row("429", 1, { answer: { status: 429, headers: { "retry-after": "0" } } }),
  row("500, always", always, { answer: { status: 500 } }, "REGISTRY_FAILED"),
  row("403", always, { answer: { status: 403 } }, "REGISTRY_DENIED"),
  row("a list that is cut", 1, { cutResponseAfter: 20 }),
  row("a list that is always cut", always, { cutResponseAfter: 20 }, "REGISTRY_UNREACHABLE"),
  row("an answer that is dropped", 1, { dropAnswer: true }),
  row("no length", 1, { withoutLength: true }),
  row("a list of 100 MB", always, { body: { padTo: 100_000_000, with: 0x20 } }, "REGISTRY_CONFUSED"),
  row("a redirect", 1, { redirect: 307 }),
];

/** Lies that a tag's digest would show; what the referrers API answers has none. */
const lies: readonly [string, Row][] = [
  row("another digest", always, { descriptors: { digest: other } }, "none"),
  row("another size", always, { descriptors: { size: 1 } }),
  row("another type", always, { descriptors: { artifactType: "application/vnd.lie" } }),
  row("the same page for ever", always, { repeatLink: "same" }, "REGISTRY_CONFUSED"),
  row("ever new pages", always, { repeatLink: "new" }, "REGISTRY_CONFUSED"),
  row("a list that is too short", always, { body: { truncateTo: 20 } }, "MANIFEST_INVALID"),
  row("a page for people", always, { answer: { status: 200, body: "<html>" } }, "MANIFEST_INVALID"),
];

describe.each(registryKinds)("of %s", (_, options) => {
  let scene: Scene;
  let listed: boolean;

  beforeAll(async () => {
    scene = await registryScene(options);
    await provide(scene);
    listed = scene.registry.behaviour.referrers.api;
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  async function during(fault: Fault, times: number, path: RegExp, work: () => Promise<unknown>): Promise<string> {
    const rule = scene.registry.inject({ match: { method: "GET", path, times }, fault });
    const met = await outcomeOf(work);
    expect(rule.fired).toBeGreaterThan(0);
    rule.remove();
    return met;
  }

  async function expectFound({ fault, times, ends }: Row): Promise<void> {
    const found: unknown[] = [];
    const path = listed ? /\/referrers\// : /\/manifests\/sha256-/;
    const met = await during(fault, times, path, async () => {
      found.push(...(await (await scene.open()).referrers(subject.digest)));
    });
    expect(met).toBe(ends === "real" || ends === "none" ? "done" : ends);
    expect(found).toMatchObject(ends === "real" ? real : []);
    expect(found).toHaveLength(ends === "real" ? 1 : 0);
  }

  it.each(rows)("%s", async (_name, given) => {
    await expectFound(given);
  });

  it.each(lies)("%s", async (_name, given) => {
    if (listed) await expectFound(given);
  });

  it("a referrer that is altered", async () => {
    const path = new RegExp(`/manifests/${digestOf(evidence)}`);
    const met = await during({ body: { flipByteAt: 3 } }, always, path, async () =>
      (await scene.open()).referrers(subject.digest),
    );
    expect(met).toBe("CONTENT_ALTERED");
  });

  it.each<[string, Fault, string]>([
    ["the same page for ever", { repeatLink: "same" }, "REGISTRY_CONFUSED"],
    ["ever new pages", { repeatLink: "new" }, "REGISTRY_CONFUSED"],
    ["a page for people", { answer: { status: 200, body: "<html>" } }, "REGISTRY_CONFUSED"],
    ["500 always", { answer: { status: 500 } }, "REGISTRY_FAILED"],
  ])("tags: %s", async (_name, fault, code) => {
    expect(await during(fault, always, /\/tags\/list/, async () => (await scene.open()).tags())).toBe(code);
  });

  it("tags: an answer that is cut is asked for again", async () => {
    let tags: readonly string[] = [];
    const met = await during({ cutResponseAfter: 9 }, 1, /\/tags\/list/, async () => {
      tags = await (await scene.open()).tags();
    });
    expect(met).toBe("done");
    expect(tags).toEqual(expect.arrayContaining([tag, evidenceTag]));
  });
});
