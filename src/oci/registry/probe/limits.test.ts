import { expect, it } from "vitest";
import { knownRegistry } from "../known-registries.ts";
import { judgeCollection } from "./collection.ts";
import { answer, silence } from "./fixtures/answers.ts";
import { judgeLeavings, leavingsIn } from "./leavings.ts";
import { judgeLimits } from "./limits.ts";

const file = (size: number) => ({ path: "model.safetensors", size });

it.each([
  ["r.example", undefined, "unknown", "no limit of this registry"],
  ["r.example", file(5e9), "unknown", "model.safetensors has 5.0 GB"],
  ["europe-docker.pkg.dev", file(5e9), "unknown", "Google Artifact Registry"],
  ["ghcr.io", undefined, "ok", "blobs to 10.7 GB, uploads to 10 minutes"],
  ["ghcr.io", file(5e9), "ok", "5.0 GB"],
  ["ghcr.io", file(10 * 1024 ** 3), "warning", "10.7 GB"],
  ["ghcr.io", file(10 * 1024 ** 3 + 1), "failed", "10.7 GB"],
  ["models.azurecr.io", file(100e9), "ok", "manifests to 4.2 MB"],
])("limits: %s with %j", (host, largest, status, words) => {
  const found = judgeLimits(knownRegistry(host), largest);
  expect(found.status).toBe(status);
  expect(found.seen).toContain(words);
});

it.each([
  ["ghcr.io", "warning", "keep tags"],
  ["r.example", "unknown", "garbage-collect -m"],
])("collection: %s", (host, status, advice) => {
  const found = judgeCollection(knownRegistry(host));
  expect(found.status).toBe(status);
  expect(found.advice).toContain(advice);
});

const now = new Date(1_800_000_000_000);

it.each([
  [answer(200, { body: '{"tags":["zeta"]}' }), "ok"],
  [answer(404), "ok"],
  [answer(200, { body: '{"tags":["slipway-doctor_probe-1799999399-0a","zeta"]}' }), "warning"],
  // A run that goes on now, and a name of somebody else's.
  [answer(200, { body: '{"tags":["slipway-doctor_probe-1799999900-0a","slipway-doctor_probe-mine"]}' }), "ok"],
  [answer(403), "unknown"],
  [silence, "unknown"],
])("leavings: $status", (listing, status) => {
  expect(judgeLeavings(leavingsIn(listing, now)).status).toBe(status);
});
