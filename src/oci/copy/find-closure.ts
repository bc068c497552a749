import { type Digest, isDigest, shortDigest } from "../digest.ts";
import { ociError } from "../errors.ts";
import { type Descriptor, parseIndex, parseManifest } from "../manifest.ts";
import { annotation, maxManifestBytes, mediaType } from "../media-types.ts";
import type { ReadableStore } from "../store.ts";
import type { Closure, FoundManifest, Ignored, Role } from "./closure.ts";
import { each } from "./each.ts";
import { copyError } from "./errors.ts";
import { belongsTo, mayBeClaimed } from "./plan-tags.ts";

/** How much may belong to one release. */
export interface CopyLimits {
  /** Steps from the root: to a child, to a referrer, or to a legacy manifest. */
  readonly depth: number;
  readonly manifests: number;
  /** Of all manifests together, which are held in memory. */
  readonly bytes: number;
}

/** Far more than any release has. */
export const usualLimits: CopyLimits = { depth: 8, manifests: 4000, bytes: 64 * 1024 * 1024 };

export interface ClosureOptions {
  readonly limits: CopyLimits;
  readonly signal: AbortSignal;
  /** Tags that the user named the root by, or gives it. */
  readonly named: readonly string[];
}

/** A manifest that is to be read, and why. */
interface Lead {
  readonly descriptor: Descriptor;
  readonly role: Role;
  /** What a referrer has to be about. */
  readonly subject?: Digest;
}

/**
 * Finds everything that belongs to a manifest: the children of an index, what refers to each manifest, and what has
 * a legacy tag of it; and all that belongs to those.
 *
 * @throws SlipwayError COPY_UNBOUNDED; MANIFEST_INVALID for what cannot be copied whole; what the store throws
 */
export async function closureOf(source: ReadableStore, root: Descriptor, options: ClosureOptions): Promise<Closure> {
  const { limits, signal, named } = options;
  const names = await source.tags();
  const bySubject = legacyTagsIn(names);
  const manifests = new Map<Digest, FoundManifest>();
  const legacy = new Map<string, Digest>();
  const ignored = new Map<Digest, Ignored>();
  let total = 0;
  let leads: readonly Lead[] = [{ descriptor: root, role: "root" }];
  for (let depth = 0; leads.length > 0; depth += 1) {
    if (depth > limits.depth) throw unbounded(source, root, `is nested more than ${limits.depth} deep`);
    if (manifests.size + leads.length > limits.manifests) {
      throw unbounded(source, root, `is more than ${limits.manifests} manifests`);
    }
    // Before they are read: what is read is held.
    total += leads.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    if (total > limits.bytes) throw unbounded(source, root, `is more than ${limits.bytes} bytes of manifests`);
    const read = await each(leads, signal, async (lead) => ({ lead, found: await readManifest(source, lead) }));
    const fresh: FoundManifest[] = [];
    for (const { lead, found } of read) {
      const { digest } = lead.descriptor;
      // The strongest lead comes first.
      if (manifests.has(digest)) continue;
      if (typeof found === "string") {
        if (!ignored.has(digest)) ignored.set(digest, { digest, reason: found });
        continue;
      }
      ignored.delete(digest);
      manifests.set(digest, found);
      fresh.push(found);
    }
    const found = await each(fresh, signal, (manifest) => leadsFrom(source, manifest, bySubject));
    for (const { tag, digest } of found.flatMap(({ tagged }) => tagged)) legacy.set(tag, digest);
    const further = distinct(found.flatMap((more) => more.leads));
    for (const lead of further) strengthen(manifests, lead);
    leads = further.filter(({ descriptor }) => !manifests.has(descriptor.digest));
  }
  const bases = await basesOf(source, manifests.get(root.digest), { names, named });
  return {
    root: root.digest,
    manifests,
    legacy: [...legacy].sort(byTag).flatMap(([tag, digest]) => {
      const manifest = manifests.get(digest);
      return manifest === undefined ? [] : [{ tag, manifest }];
    }),
    ignored: [...ignored.values()],
    tags: await familyOf(source, names, bases, options),
    bases,
  };
}

/** What belongs to a manifest directly. */
async function leadsFrom(
  source: ReadableStore,
  { descriptor, children }: FoundManifest,
  bySubject: ReadonlyMap<Digest, readonly string[]>,
) {
  const subject = descriptor.digest;
  const referrers = await source.referrers(subject);
  const tagged: { readonly tag: string; readonly digest: Digest }[] = [];
  const leads: Lead[] = [
    ...children.map((child): Lead => ({ descriptor: child, role: "child" })),
    ...referrers.map((referrer): Lead => ({ descriptor: referrer, role: "referrer", subject })),
  ];
  for (const tag of bySubject.get(subject) ?? []) {
    const signatures = await source.resolve({ tag });
    tagged.push({ tag, digest: signatures.digest });
    leads.push({ descriptor: signatures, role: "legacy" });
  }
  return { leads, tagged };
}

/**
 * The tags that others of the release begin with. What the root claims counts where the source agrees, and where nobody
 * named another.
 */
async function basesOf(
  source: ReadableStore,
  root: FoundManifest | undefined,
  { names, named }: { readonly names: readonly string[]; readonly named: readonly string[] },
): Promise<readonly string[]> {
  const own = root?.ownTag;
  if (root === undefined || own === undefined || !mayBeClaimed(own)) return [...new Set(named)];
  const agreed = names.includes(own)
    ? (await source.resolve({ tag: own })).digest === root.descriptor.digest
    : named.length === 0;
  return [...new Set(agreed ? [own, ...named] : named)];
}

/** What the tags of the release point at. */
async function familyOf(
  source: ReadableStore,
  names: readonly string[],
  bases: readonly string[],
  { limits, signal }: ClosureOptions,
): Promise<ReadonlyMap<string, Digest>> {
  const family = names.filter((name) => bases.some((base) => name === base || belongsTo(name, base)));
  if (family.length > 4 * limits.manifests) {
    throw copyError(
      "COPY_UNBOUNDED",
      `${source.label} has ${family.length} tags that begin with ${bases.join(" or ")}`,
    );
  }
  const resolved = await each(family, signal, async (tag) => [tag, (await source.resolve({ tag })).digest] as const);
  return new Map(resolved);
}

/** The manifest, or why it is none that belongs there. */
async function readManifest(
  source: ReadableStore,
  { descriptor, role, subject }: Lead,
): Promise<FoundManifest | string> {
  const { digest, mediaType: type, size } = descriptor;
  if (type !== mediaType.manifest && (type !== mediaType.index || role === "legacy")) {
    // What cannot be copied whole is not copied at all, but nobody needs what was never evidence.
    if (role === "referrer" || role === "legacy") return `it is ${type}`;
    throw ociError("MANIFEST_INVALID", `${digest} in ${source.label} is ${type}, not a manifest of the OCI`);
  }
  const bytes = await source.fetch(descriptor, maxManifestBytes);
  const parsed =
    type === mediaType.index
      ? { ...parseIndex(bytes, digest), blobs: [] }
      : { ...imageManifest(bytes, digest), manifests: [] };
  if (role === "referrer" && parsed.subject?.digest !== subject) return `it does not name ${subject} as its subject`;
  return {
    descriptor: { mediaType: type, digest, size },
    bytes,
    role,
    blobs: parsed.blobs,
    children: parsed.manifests,
    subject: parsed.subject?.digest,
    ownTag: parsed.annotations?.[annotation.ownTag],
  };
}

function imageManifest(bytes: Uint8Array, digest: Digest) {
  const manifest = parseManifest(bytes, digest);
  return { ...manifest, blobs: [manifest.config, ...manifest.layers] };
}

/** The strongest first: who is a child stays one, whoever else names it. */
const strength: readonly Role[] = ["root", "child", "referrer", "legacy"];

/** Each lead once, the strongest to a manifest first; several may say that it is about different subjects. */
function distinct(leads: readonly Lead[]): Lead[] {
  const chosen = new Map<string, Lead>();
  for (const lead of leads) chosen.set(`${lead.role} ${lead.subject} ${lead.descriptor.digest}`, lead);
  return [...chosen.values()].sort((a, b) => strength.indexOf(a.role) - strength.indexOf(b.role));
}

/** Lets a manifest that was found be more than it was taken for. */
function strengthen(manifests: Map<Digest, FoundManifest>, { descriptor, role, subject }: Lead): void {
  const known = manifests.get(descriptor.digest);
  if (known === undefined || strength.indexOf(role) >= strength.indexOf(known.role)) return;
  if (role === "child" || known.subject === subject) manifests.set(descriptor.digest, { ...known, role });
}

/** Tags `sha256-<hex>.sig`, `.att` and `.sbom`, by the digest that they name. */
function legacyTagsIn(names: readonly string[]): ReadonlyMap<Digest, readonly string[]> {
  const found = new Map<Digest, string[]>();
  for (const name of names) {
    const digest = name.replace(/^sha256-([0-9a-f]{64})\.(sig|att|sbom)$/, "sha256:$1");
    if (digest !== name && isDigest(digest)) found.set(digest, [...(found.get(digest) ?? []), name]);
  }
  return found;
}

function byTag([a]: readonly [string, Digest], [b]: readonly [string, Digest]): number {
  return a < b ? -1 : 1;
}

function unbounded({ label }: ReadableStore, { digest }: Descriptor, what: string) {
  return copyError("COPY_UNBOUNDED", `what belongs to ${shortDigest(digest)} in ${label} ${what}`);
}
