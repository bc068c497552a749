import { type Answer, answer } from "./answer.ts";
import { type Call, receive, type World } from "./call.ts";
import { algorithmOf } from "./grammar.ts";
import { Problem } from "./problem.ts";
import type { Repository, Session } from "./repository.ts";

/*
 * distribution-spec 1.1, "Pushing blobs": sessions, chunks, commits, mounts.
 */

/** POST: a mount, everything at once, or a new session. */
export async function startUpload(call: Call, world: World, name: string): Promise<Answer> {
  const { uploads, limits } = world.behaviour;
  const { headers, query } = call;
  if (uploads.needsContentLength && headers["content-length"] === undefined) {
    throw new Problem(411, "SIZE_INVALID", "Content-Length is needed");
  }
  if (uploads.location === "redirected" && call.at === "registry") {
    return answer(307, { location: world.elsewhere(call.pathname).href + call.query.toString().replace(/^./, "&$&") });
  }
  const repository = world.repositories.create(name);
  const mounted = mount(call, world, repository);
  if (mounted !== undefined) return mounted;
  const algorithm = algorithmOf(query.get("digest") ?? "") ?? query.get("digest-algorithm") ?? "sha256";
  if (algorithm !== "sha256" && algorithm !== "sha512") throw new Problem(400, "DIGEST_INVALID", algorithm);
  const session = repository.begin(world.contents.create(algorithm));
  if (query.has("digest") && uploads.singlePost === 201) {
    try {
      await append(call, world, repository, session);
      return await commit(call, world, repository, session);
    } finally {
      repository.sessions.delete(session.id);
    }
  }
  return progress(call, world, repository, session, 202, {
    ...(limits.chunkBytes > 0 && { "oci-chunk-min-length": String(limits.chunkBytes) }),
  });
}

function mount({ query, admission, fault }: Call, world: World, repository: Repository): Answer | undefined {
  const [digest, from] = [query.get("mount"), query.get("from")];
  if (digest === null || from === null || world.behaviour.uploads.mount !== 201) return undefined;
  const content = world.repositories.get(from)?.blobs.get(digest);
  if (content === undefined || !admission.may("pull", from)) return undefined;
  if (fault.forget !== true) repository.blobs.set(digest, content);
  return stored(repository, digest);
}

/** PATCH, PUT, GET and DELETE of a session. */
export async function continueUpload(call: Call, world: World, name: string, id: string): Promise<Answer> {
  const repository = world.repositories.create(name);
  const session = repository.session(id);
  if (call.query.get("_state") !== stateOf(session)) {
    throw new Problem(404, "BLOB_UPLOAD_INVALID", "the query of the Location is missing");
  }
  if (Date.now() - session.startedAt > world.behaviour.limits.uploadMs) {
    repository.sessions.delete(id);
    throw new Problem(404, "BLOB_UPLOAD_UNKNOWN", "the upload took too long");
  }
  if (call.method === "GET") return progress(call, world, repository, session, 204);
  if (call.method === "DELETE") {
    repository.sessions.delete(id);
    return answer(204);
  }
  return inTurn(session, async () => {
    // Whoever was before may have ended it.
    repository.session(id);
    if (call.method === "PATCH") return patch(call, world, repository, session);
    return put(call, world, repository, session);
  });
}

async function patch(call: Call, world: World, repository: Repository, session: Session): Promise<Answer> {
  const { patch: status, streamed, chunked } = world.behaviour.uploads;
  if (status >= 400) throw new Problem(status, "UNSUPPORTED", "no PATCH here");
  if (!chunked && call.headers["content-range"] !== undefined) {
    throw new Problem(400, "UNSUPPORTED", "content comes at once here, not in chunks");
  }
  if (!streamed && call.headers["content-range"] === undefined) {
    throw new Problem(400, "BLOB_UPLOAD_INVALID", "Content-Range is missing");
  }
  checkChunk(call, world, repository, session);
  const before = session.offset;
  await append(call, world, repository, session);
  session.chunks.push(session.offset - before);
  return progress(call, world, repository, session, status);
}

async function put(call: Call, world: World, repository: Repository, session: Session): Promise<Answer> {
  if (algorithmOf(call.query.get("digest") ?? "") === undefined) {
    throw new Problem(400, "DIGEST_INVALID", "a digest is missing");
  }
  if (call.headers["content-range"] !== undefined) checkChunk(call, world, repository, session);
  await append(call, world, repository, session);
  // Whatever a commit ends in, the session is over: distribution does the same.
  repository.sessions.delete(session.id);
  return commit(call, world, repository, session);
}

/** A chunk begins where the one before ended, and only the last may be short. */
function checkChunk(call: Call, world: World, repository: Repository, session: Session): void {
  const { limits } = world.behaviour;
  const { "content-range": range, "content-length": length } = call.headers;
  if (range !== undefined) {
    const [, first, last] = /^(\d+)-(\d+)$/.exec(range) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || to < from) throw new Problem(400, "BLOB_UPLOAD_INVALID", `Content-Range: ${range}`);
    if (length !== undefined && Number(length) !== to - from + 1) {
      throw new Problem(400, "SIZE_INVALID", `${range} is not of ${length} bytes`);
    }
    if (from !== session.offset) throw outOfRange(call, world, repository, session, "the chunk is not the next one");
  }
  if (session.chunks.length >= limits.chunks) {
    throw new Problem(400, "BLOB_UPLOAD_INVALID", `more than ${limits.chunks} chunks`);
  }
  if (range !== undefined && session.chunks.some((size) => size < limits.chunkBytes)) {
    throw new Problem(400, "SIZE_INVALID", `a chunk before the last was shorter than ${limits.chunkBytes} bytes`);
  }
}

function outOfRange(call: Call, world: World, repository: Repository, session: Session, why: string): Problem {
  return new Problem(416, "RANGE_INVALID", why, progress(call, world, repository, session, 416).headers);
}

/** Adds the request's body to the session. What a torn one leaves behind is a matter of the registry. */
async function append(call: Call, world: World, repository: Repository, session: Session): Promise<void> {
  const { uploads, limits } = world.behaviour;
  const { content: old, offset, spoiled } = session;
  const mark = old.mark();
  const most = call.method === "PATCH" ? limits.patchBytes : Number.POSITIVE_INFINITY;
  const tooMuch = () =>
    offset + most < limits.blobBytes
      ? outOfRange(call, world, repository, session, `the maximum permissible chunk has ${most} bytes`)
      : new Problem(413, "SIZE_INVALID", `a blob has at most ${limits.blobBytes} bytes`);
  const room = Math.min(most, limits.blobBytes - offset);
  if (Number(call.headers["content-length"] ?? 0) > room) throw tooMuch();
  const keepsLast = uploads.keepsLastChunkOnly || call.fault.keepLastChunkOnly === true;
  if (keepsLast && offset > 0 && call.method === "PATCH") {
    session.content = world.contents.create(old.algorithm);
    session.spoiled = true;
  }
  const start = session.content.size;
  try {
    await receive(call.body, session.content, room, tooMuch);
    session.offset = offset + session.content.size - start;
  } catch (error) {
    session.offset = offset + session.content.size - start;
    if (error instanceof Problem || uploads.torn === "dropped") {
      await old.goBack(mark);
      Object.assign(session, { content: old, offset, spoiled });
    } else if (uploads.torn === "lost") {
      repository.sessions.delete(session.id);
    }
    throw error;
  }
}

async function commit(call: Call, world: World, repository: Repository, session: Session): Promise<Answer> {
  await call.beforeCommit();
  const digest = call.query.get("digest") ?? "";
  const { content, spoiled } = session;
  if (world.behaviour.uploads.verifiesDigest && !spoiled) {
    const actual = await content.digest(algorithmOf(digest) ?? "sha256");
    if (actual !== digest) throw new Problem(400, "DIGEST_INVALID", `the content is ${actual}, not ${digest}`);
  }
  if (call.fault.forget !== true) repository.blobs.set(digest, content);
  return stored(repository, digest);
}

function stored({ name }: Repository, digest: string): Answer {
  return answer(201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
}

/** How far a session is. An empty one is told as `0-0`, as distribution does: the specification has no word for it. */
function progress(
  call: Call,
  world: World,
  { name }: Repository,
  session: Session,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const pathname = `/v2/${name}/blobs/uploads/${session.id}`;
  const { location } = world.behaviour.uploads;
  const base =
    location === "elsewhere" || call.at === "elsewhere"
      ? world.elsewhere(pathname)
      : new URL(pathname, location === "absolute" ? call.origin : "http://relative");
  base.searchParams.set("_state", stateOf(session));
  return answer(status, {
    location: base.host === "relative" ? `${base.pathname}${base.search}` : base.href,
    range: `0-${Math.max(0, session.offset - 1)}`,
    "docker-upload-uuid": session.id,
    ...headers,
  });
}

/** Stands for what distribution signs into the query of each Location: a client that drops it has lost its upload. */
function stateOf({ id }: Session): string {
  return Buffer.from(id).toString("base64url");
}

async function inTurn(session: Session, act: () => Promise<Answer>): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = session.turn;
  session.turn = promise;
  await before;
  try {
    return await act();
  } finally {
    resolve();
  }
}
