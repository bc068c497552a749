import { type Answer, answer } from "./answer.ts";
import type { Call, World } from "./call.ts";
import { readManifest } from "./descriptors.ts";
import { algorithmOf, digestOf, isDigest, isTag } from "./grammar.ts";
import { Problem } from "./problem.ts";
import type { Repository } from "./repository.ts";

/** distribution-spec 1.1, "Pulling manifests", "Pushing Manifests", "Deleting tags", "Deleting Manifests". */
export async function answerManifest(call: Call, world: World, name: string, reference: string): Promise<Answer> {
  if (call.method === "PUT") return put(call, world, world.repositories.create(name), reference);
  const repository = world.repositories.get(name);
  if (repository === undefined) throw new Problem(404, "NAME_UNKNOWN", `there is no repository ${name}`);
  if (call.method === "DELETE") return remove(world, repository, reference);
  return get(call, world, repository, reference);
}

function get(call: Call, world: World, repository: Repository, reference: string): Answer {
  const { honoursAccept, etag } = world.behaviour.manifests;
  const found = repository.manifest(reference);
  if (found === undefined) throw unknown(repository, reference);
  const { digest, mediaType, bytes } = found;
  if (honoursAccept && !accepts(call.headers.accept, mediaType)) {
    throw new Problem(404, "MANIFEST_UNKNOWN", `${reference} is ${mediaType}, which is not accepted`);
  }
  const headers = {
    "content-type": mediaType,
    "docker-content-digest": digest,
    ...(etag && { etag: `"${digest}"` }),
  };
  if (etag && call.headers["if-none-match"] === `"${digest}"`) return answer(304, headers);
  return answer(200, headers, bytes);
}

function accepts(accept: string | undefined, mediaType: string): boolean {
  const ranges = (accept ?? "*/*").split(",").map((range) => range.split(";", 1)[0]?.trim());
  return ranges.some((range) => range === mediaType || range === "*/*" || range === "application/*");
}

async function put(call: Call, world: World, repository: Repository, reference: string): Promise<Answer> {
  const bytes = await readWithin(call, world.behaviour.manifests.maxBytes);
  await call.beforeCommit();
  const digest = digestOf(bytes, algorithmOf(reference));
  if (isDigest(reference) && digest !== reference) {
    throw new Problem(400, "DIGEST_INVALID", `the manifest is ${digest}, not ${reference}`);
  }
  const manifest = readManifest(bytes);
  const mediaType = call.headers["content-type"]?.split(";", 1)[0]?.trim() ?? manifest.mediaType;
  if (mediaType === undefined || (manifest.mediaType ?? mediaType) !== mediaType) {
    throw new Problem(400, "MANIFEST_INVALID", `Content-Type ${mediaType}, mediaType ${manifest.mediaType}`);
  }
  if (world.behaviour.manifests.verifiesContent) checkContent(repository, manifest);
  const tags = [...(isDigest(reference) ? [] : [reference]), ...call.query.getAll("tag").filter(isTag)];
  for (const tag of tags) checkTag(call, world, repository, tag, digest);
  if (call.fault.forget !== true) {
    repository.manifests.set(digest, { digest, mediaType, bytes });
    for (const tag of tags) repository.tags.set(tag, digest);
  }
  const { api, subjectHeader } = world.behaviour.referrers;
  const told = (subjectHeader ?? api) && !world.referrersLost ? manifest.subject?.digest : undefined;
  return answer(201, {
    location: `/v2/${repository.name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(told !== undefined && { "oci-subject": told }),
    ...(call.query.has("tag") && { "oci-tag": tags.join(", ") }),
  });
}

async function readWithin({ headers, body }: Call, most: number): Promise<Uint8Array> {
  const tooLarge = () => new Problem(413, "SIZE_INVALID", `a manifest has at most ${most} bytes`);
  if (Number(headers["content-length"] ?? 0) > most) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > most) throw tooLarge();
    pieces.push(Uint8Array.from(piece));
  }
  return Buffer.concat(pieces);
}

/** Of a subject nothing has to be there: it may come later. */
function checkContent(repository: Repository, manifest: ReturnType<typeof readManifest>): void {
  for (const { digest, size } of [...(manifest.config ? [manifest.config] : []), ...manifest.layers]) {
    const found = repository.blobs.get(digest);
    if (found === undefined) throw new Problem(404, "MANIFEST_BLOB_UNKNOWN", `there is no blob ${digest}`);
    if (found.size !== size) throw new Problem(400, "SIZE_INVALID", `${digest} has ${found.size} bytes, not ${size}`);
  }
  for (const { digest } of manifest.manifests) {
    if (!repository.manifests.has(digest)) {
      throw new Problem(404, "MANIFEST_BLOB_UNKNOWN", `there is no manifest ${digest}`);
    }
  }
}

function checkTag({ headers }: Call, { behaviour }: World, repository: Repository, tag: string, digest: string): void {
  const { etag, immutable } = behaviour.manifests;
  const holds = repository.tags.get(tag);
  const expected = headers["if-match"];
  const lost = expected !== undefined && expected !== `"${holds}"`;
  if (etag && (lost || (headers["if-none-match"] === "*" && holds !== undefined))) {
    throw new Problem(412, "TAG_INVALID", `${tag} holds ${holds}`);
  }
  if (immutable === undefined || holds === undefined || immutable.tags?.test(tag) === false) return;
  if (holds === digest && !immutable.evenIfSame) return;
  const message = immutable.message.replaceAll("{tag}", tag).replaceAll("{name}", repository.name);
  throw new Problem(immutable.status, immutable.code, message);
}

function remove({ behaviour: { deletes } }: World, repository: Repository, reference: string): Answer {
  const ofTag = !isDigest(reference);
  if (!(ofTag ? deletes.tags : deletes.manifests)) {
    throw new Problem(405, "UNSUPPORTED", `${ofTag ? "tags" : "manifests"} are not deleted here`);
  }
  if (!(ofTag ? repository.tags : repository.manifests).delete(reference)) throw unknown(repository, reference);
  for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
  return answer(202);
}

function unknown({ name }: Repository, reference: string): Problem {
  return new Problem(404, "MANIFEST_UNKNOWN", `${name} has no manifest ${reference}`);
}
