import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { oddRegistry } from "./fixtures/odd-registry.ts";
import { probeRegistry, type RegistryProbeOptions } from "./probe-registry.ts";

let config: string;

beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), "slipway-probe-"));
  vi.stubEnv("DOCKER_CONFIG", config);
  vi.stubEnv("REGISTRY_AUTH_FILE", "");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(config, { recursive: true, force: true });
});

async function probe(host: string, options: Partial<RegistryProbeOptions> = {}) {
  const { signal } = new AbortController();
  const reference = { kind: "registry", host, path: "m", tag: undefined, digest: undefined } as const;
  const { findings, requests } = await probeRegistry(reference, {
    signal,
    now: () => new Date(),
    readOnly: false,
    largestFile: undefined,
    ...options,
  });
  const statuses = Object.fromEntries(findings.map(({ check, status }) => [check, status]));
  return { statuses, requests, of: (check: string) => findings.find((one) => one.check === check) };
}

const checks = [
  ...["connection", "kind", "clock", "credentials", "token", "pull", "push", "chunked upload", "resume", "single PUT"],
  ...["mount", "immutable tags", "delete", "referrers", "leavings", "limits", "collection"],
];

it("finds nothing wrong with a registry that does everything, and leaves nothing in it", async () => {
  await using registry = await oddRegistry({ referrers: true, immutable: 412 });
  const { statuses, requests } = await probe(registry.host);
  const rest = { token: "skipped", mount: "warning", limits: "unknown", collection: "unknown" };
  expect(statuses).toEqual({ ...Object.fromEntries(checks.map((check) => [check, "ok"])), ...rest });
  expect(registry.held()).toEqual([]);
  expect(requests).toBe(registry.seen.length);
  expect(requests).toBeLessThanOrEqual(25);
});

it("writes nothing when it is told so", async () => {
  await using registry = await oddRegistry({ referrers: true });
  const { statuses } = await probe(registry.host, { readOnly: true });
  expect(Object.keys(statuses)).toEqual(checks);
  expect(statuses).toMatchObject({ pull: "ok", push: "skipped", delete: "skipped", referrers: "ok" });
  expect(registry.seen.map(({ line }) => line.split(" ")[0])).toEqual(["GET", "GET", "GET"]);
});

it("says what it could not remove, and finds it the next time", async () => {
  await using registry = await oddRegistry({ keeps: true, immutable: 412 });
  const { of } = await probe(registry.host);
  const [tag] = registry.held();
  expect(tag).toMatch(/^slipway-doctor_probe-\d{10}-[0-9a-f]{12}$/);
  expect(of("delete")).toMatchObject({ status: "warning" });
  expect(of("delete")?.seen).toContain(`the tag ${tag}, 2 manifests, 2 blobs`);
  expect(of("referrers")).toMatchObject({ status: "warning" });
  const later = () => new Date(Date.now() + 3_600_000);
  const again = await probe(registry.host, { now: later });
  expect(again.of("leavings")?.seen).toContain(tag);
  expect(again.statuses).toMatchObject({ "immutable tags": "ok" });
  expect(registry.held().filter((name) => name.startsWith("slipway-"))).toEqual([tag]);
});

describe("credentials", () => {
  it("that may only read fail to push, and hide nothing else", async () => {
    await using registry = await oddRegistry({ tokens: 60, readers: true });
    const auth = Buffer.from("erin:s3cret").toString("base64");
    await writeFile(join(config, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }), {
      mode: 0o600,
    });
    const { statuses, of } = await probe(registry.host);
    expect(statuses).toMatchObject({ pull: "ok", push: "failed", "single PUT": "skipped", delete: "skipped" });
    expect(statuses).toMatchObject({ token: "warning", referrers: "ok", credentials: "ok" });
    expect(of("credentials")?.seen).toBe(`the user erin in ${join(config, "config.json")}`);
    expect(registry.held()).toEqual([]);
  });

  it("that cannot be read fail themselves", async () => {
    await using registry = await oddRegistry({});
    await writeFile(join(config, "config.json"), "{");
    const { statuses } = await probe(registry.host);
    expect(statuses).toMatchObject({ credentials: "failed", push: "ok" });
  });
});

describe("one that is broken", () => {
  it.each([
    ["GET /v2/m/referrers", 503, { referrers: "unknown", pull: "ok", push: "ok" }],
    ["GET /v2/m/tags", 500, { pull: "unknown", leavings: "unknown", push: "ok", delete: "ok" }],
    ["POST", 503, { push: "unknown", "single PUT": "skipped", pull: "ok", referrers: "ok" }],
    ["PATCH", 416, { "chunked upload": "warning", resume: "skipped", "single PUT": "ok", delete: "ok" }],
    ["PUT /v2/m/manifests", 413, { "immutable tags": "failed", delete: "ok", "single PUT": "ok" }],
    ["GET /v2/m/blobs/uploads", 404, { "chunked upload": "ok", resume: "warning" }],
    ["PUT /v2/m/blobs/uploads", 413, { "chunked upload": "warning", "single PUT": "failed", delete: "skipped" }],
  ] as const)("%s is answered with %d", async (start, status, expected) => {
    const answers = (line: string) => (line.startsWith(start) ? status : undefined);
    await using registry = await oddRegistry({ answers });
    const { statuses } = await probe(registry.host);
    expect(Object.keys(statuses)).toEqual(checks);
    expect(statuses).toMatchObject(expected);
    expect(registry.held()).toEqual([]);
  });

  it("and silent is not waited for", async () => {
    const answers = (line: string) => (line.includes("/referrers/") ? ("nothing" as const) : undefined);
    await using registry = await oddRegistry({ answers });
    const { statuses, of } = await probe(registry.host, { patience: 200 });
    expect(statuses).toMatchObject({ referrers: "unknown", push: "ok", delete: "ok" });
    expect(of("referrers")?.seen).toContain("no answer within 0.2 s");
  });

  it("and gone says so, and what is known without it", async () => {
    const gone = await oddRegistry({});
    await gone[Symbol.asyncDispose]();
    const { statuses } = await probe(gone.host);
    expect(statuses).toEqual({ connection: "failed", credentials: "ok", limits: "unknown" });
  });
});

it.each(["PATCH", "PUT /v2/m/manifests/slipway", "GET /v2/m/blobs", "HEAD"])(
  "removes what it wrote when it is stopped at %s",
  async (start) => {
    const controller = new AbortController();
    const reason = new Error("stopped");
    const onRequest = (line: string) => {
      if (line.startsWith(start)) controller.abort(reason);
    };
    await using registry = await oddRegistry({ onRequest });
    await expect(probe(registry.host, { signal: controller.signal })).rejects.toBe(reason);
    expect(registry.held()).toEqual([]);
  },
);
