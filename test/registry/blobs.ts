import { type Answer, answer, type Source } from "./answer.ts";
import type { Call, World } from "./call.ts";
import { Problem } from "./problem.ts";

/** distribution-spec 1.1, "Pulling blobs", "Deleting Blobs". */
export async function answerBlob(call: Call, world: World, name: string, digest: string): Promise<Answer> {
  const { blobs, deletes } = world.behaviour;
  const repository = world.repositories.get(name);
  const content = repository?.blobs.get(digest);
  if (repository === undefined || content === undefined) {
    throw new Problem(404, "BLOB_UNKNOWN", `${name} has no blob ${digest}`);
  }
  if (call.method === "DELETE") {
    if (!deletes.blobs) throw new Problem(405, "UNSUPPORTED", "blobs are not deleted here");
    repository.blobs.delete(digest);
    return answer(202);
  }
  const redirected = blobs.redirects === "all" || (blobs.redirects === "get" && call.method === "GET");
  if (redirected && call.at === "registry") return answer(307, { location: world.elsewhere(call.pathname).href });
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    ...(blobs.ranges && { "accept-ranges": "bytes" }),
  };
  if (call.method === "HEAD") return { ...answer(200, headers, content), lengthless: !blobs.headLength };
  if (!content.readable) throw new Problem(404, "BLOB_UNKNOWN", `${digest} was discarded`);
  const range = blobs.ranges && call.fault.ignoreRange !== true ? call.headers.range : undefined;
  return ranged(range, content, headers);
}

/** RFC 9110, 14: one range of bytes; several, or what cannot be read, is the whole. */
function ranged(range: string | undefined, content: Source, headers: Readonly<Record<string, string>>): Answer {
  const { size } = content;
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  const whole = answer(200, headers, content);
  if (first === "" && last === "") return whole;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(size - 1, Number(last));
  if (first !== "" && last !== "" && Number(last) < from) return whole;
  if (from >= size)
    throw new Problem(416, "RANGE_INVALID", "there is no such range", { "content-range": `bytes */${size}` });
  const part: Source = { size: to - from + 1, read: (a, b) => content.read(from + a, from + b) };
  return answer(206, { ...headers, "content-range": `bytes ${from}-${to}/${size}` }, part);
}
