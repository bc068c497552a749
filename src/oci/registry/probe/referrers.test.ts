import { expect, it } from "vitest";
import { answer, silence } from "./fixtures/answers.ts";
import { judgeReferrers, type ReferrersSeen } from "./referrers.ts";

const empty = answer(200, { body: '{"schemaVersion":2,"manifests":[]}' });
const missing = answer(404);

it.each<[string, Partial<ReferrersSeen>, string, string]>([
  ["lists", { interface: empty, header: true, listed: true }, "ok", "lists what is attached"],
  ["lists without a header", { interface: empty, header: false, listed: true }, "ok", "no OCI-Subject"],
  ["was only asked", { interface: empty }, "ok", "is there"],
  ["lists nothing", { interface: empty, header: true, listed: false }, "failed", "does not list"],
  ["answers with a page", { interface: answer(200, { body: "<html>" }) }, "failed", "no index"],
  ["is not there", { interface: missing, header: false }, "ok", "fallback tag"],
  ["is not there, and tags stay", { interface: missing, immutable: true }, "warning", "tags do not move"],
  ["is not there, and the header says it is", { interface: missing, header: true }, "warning", "OCI-Subject"],
  ["is unknown to an older registry", { interface: answer(405) }, "ok", "(405)"],
  ["may not be asked", { interface: answer(403) }, "unknown", "403"],
  ["says nothing", { interface: silence }, "unknown", "was cut"],
])("the interface %s", (_, seen, status, words) => {
  const found = judgeReferrers({ interface: missing, header: undefined, listed: undefined, immutable: false, ...seen });
  expect(found.status).toBe(status);
  expect(found.seen).toContain(words);
});
