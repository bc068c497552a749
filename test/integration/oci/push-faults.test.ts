import { describe, expect, it } from "vitest";
import type { Fault, Match } from "../../registry/faults.ts";
import { outcomeOf } from "./outcome.ts";
import { registryKinds } from "./registry-kinds.ts";
import { registryScene, repository, weights } from "./registry-scene.ts";
import { evidenceTag, publish, subject, tag, wrongIn } from "./release.ts";

/*
 * Every fault on the way to every kind of registry: a release is published whole, or ends with a code; nothing wrong is
 * ever tagged; and once the fault has passed, the same again publishes it.
 */

const always = Number.POSITIVE_INFINITY;
const half = weights.length / 2;
/** Whatever carries content: the file is sent before anything else. */
const body: Match = { method: ["PUT", "PATCH"], path: /\/blobs\/uploads\// };
const begin: Match = { method: "POST", path: /\/blobs\/uploads\// };
const head: Match = { method: "HEAD", path: /\/blobs\// };
const put: Match = { method: "PUT", path: /\/manifests\/1\.0\.0$/ };
const readBack: Match = { method: "GET", path: /\/manifests\/1\.0\.0$/, nth: 2 };
const busy = { answer: { status: 429, headers: { "retry-after": "0" } } };

interface Row {
  readonly match: Match;
  readonly fault: Fault;
  /** How it ends: `done`, or one of these codes. */
  readonly ends: string;
}

const row = (name: string, match: Match, fault: Fault, ends = "done"): [string, Row] => [name, { match, fault, ends }];

const rows: readonly [string, Row][] = [
  row("nothing", { method: "TRACE" }, {}),
  row("content cut before its first byte", body, { cutRequestAfter: 0 }),
  row("content cut after a byte", body, { cutRequestAfter: 1 }),
  row("content cut in the middle, three times", { ...body, times: 3 }, { cutRequestAfter: half }),
  row("content cut before its last byte", body, { cutRequestAfter: weights.length - 1 }),
  row("content cut again and again", { ...body, times: always }, { cutRequestAfter: 1000 }, "REGISTRY_UNREACHABLE"),
  row("content that stalls", body, { stallRequest: { at: half, ms: 20 } }),
  row("an answer to content that is lost", body, { dropAnswer: true }),
  row(
    "401 in the middle of content, and no way to prove anything",
    body,
    { answer: { status: 401, afterBytes: half } },
    "REGISTRY_DENIED",
  ),
  row("429 in the middle of content", body, { answer: { ...busy.answer, afterBytes: half } }),
  row("503 in the middle of content", body, { answer: { status: 503, afterBytes: half } }),
  row("500 that closes at once", body, { answer: { status: 500, close: true } }),
  row("500 to all content", { ...body, times: always }, { answer: { status: 500 } }, "REGISTRY_FAILED"),
  row("403 to content", { ...body, times: always }, { answer: { status: 403 } }, "REGISTRY_DENIED"),
  row("413 to content", { ...body, times: always }, { answer: { status: 413 } }, "REGISTRY_REFUSED"),
  row("200 in place of 201", { ...body, times: always }, { answer: { status: 200 } }, "REGISTRY_CONFUSED"),
  row("a commit that takes its time", body, { delayMs: 30 }),
  row("a commit that lies about the digest", body, { rewrite: { headers: { "docker-content-digest": "sha256:0" } } }),
  row("content that is redirected", body, { redirect: 307 }),
  row("content that is forgotten", { ...body, times: always }, { forget: true }, "CONTENT_LOST"),
  row("the last chunk only", { ...body, times: always }, { keepLastChunkOnly: true }),
  row("429 to the start of an upload", begin, busy),
  row("502 to the start of an upload", begin, { answer: { status: 502, body: "<html>Bad Gateway" } }),
  row("503 to all starts", { ...begin, times: always }, { answer: { status: 503 } }, "REGISTRY_FAILED"),
  row("an upload whose start is lost", begin, { dropAnswer: true }),
  row("a start that is redirected", begin, { redirect: 308 }),
  row("500 to the question for content", head, { answer: { status: 500 } }),
  row("a lie about size before", head, { rewrite: { status: 200, headers: { "content-length": "5" } } }),
  row(
    "lies about size",
    { ...head, times: always },
    { rewrite: { status: 200, headers: { "content-length": "5" } } },
    "CONTENT_LOST",
  ),
  row("500 to the manifest", put, { answer: { status: 500 } }),
  row("a manifest that is cut", put, { cutRequestAfter: 100 }),
  row("an answer to the manifest that is lost", put, { dropAnswer: true }),
  row("a manifest that is refused", { ...put, times: always }, { answer: { status: 400 } }, "REGISTRY_REFUSED"),
  row("a tag that is refused", { ...put, times: always }, { answer: { status: 412 } }, "IMMUTABLE_CONFLICT"),
  row("a manifest that is forgotten", { ...put, times: always }, { forget: true }, "CONTENT_LOST"),
  row("a commit of the manifest that takes its time", put, { delayMs: 30 }),
  row(
    "a manifest that comes back altered",
    { ...readBack, times: always },
    { body: { flipByteAt: 9 } },
    "CONTENT_ALTERED",
  ),
  row(
    "a manifest that comes back short",
    { ...readBack, times: always },
    { body: { truncateTo: 50 } },
    "CONTENT_ALTERED",
  ),
  row(
    "a manifest that comes back under another digest",
    { ...readBack, times: always },
    { rewrite: { headers: { "docker-content-digest": `sha256:${"0".repeat(64)}` } } },
    "CONTENT_ALTERED",
  ),
  row(
    "a manifest of 100 MB",
    { ...readBack, times: always },
    { body: { padTo: 100_000_000, with: 0x20 } },
    "REGISTRY_CONFUSED",
  ),
  row("a referrers API that is lost", { path: /\/referrers\//, times: always }, { loseReferrers: true }),
  row("500 to what refers", { path: /\/referrers\/|\/manifests\/sha256-/ }, { answer: { status: 500 } }),
];

describe.each(registryKinds)("to %s", (_, options) => {
  it.each(rows)("%s", async (_name, { match, fault, ends }) => {
    await using scene = await registryScene(options);
    const { registry } = scene;
    const rule = registry.inject({ match: { at: "any", ...match }, fault });
    const met = await outcomeOf(async () => publish(await scene.open(), scene.file));
    // Not every fault finds what it is about: a registry that lists referrers is not asked for the tag in their place.
    expect(met).toBe(rule.fired > 0 ? ends : "done");
    expect(await wrongIn(registry)).toEqual([]);
    rule.remove();
    expect(await outcomeOf(async () => publish(await scene.open(), scene.file))).toBe("done");
    expect(await wrongIn(registry)).toEqual([]);
    const tags = registry.tags(repository);
    expect([tags.has(tag), tags.has(evidenceTag)]).toEqual([true, true]);
    expect(await (await scene.open()).referrers(subject.digest)).toHaveLength(1);
    expect(leaked(registry.requests)).toEqual([]);
  });
});

/** Requests that took credentials where they do not belong. */
function leaked(requests: readonly { at: string; path: string; headers: { authorization?: string | undefined } }[]) {
  return requests.filter(
    ({ at, path, headers }) => at === "elsewhere" && !path.startsWith("/auth/") && headers.authorization !== undefined,
  );
}
