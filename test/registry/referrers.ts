import { type Answer, json } from "./answer.ts";
import type { Call, World } from "./call.ts";
import { readManifest } from "./descriptors.ts";
import { pageOf } from "./pages.ts";
import { Problem } from "./problem.ts";
import type { StoredManifest } from "./repository.ts";

const imageIndex = "application/vnd.oci.image.index.v1+json";

/** distribution-spec 1.1, "Listing Referrers": an empty list, not 404, for a subject that is not there. */
export function answerReferrers(call: Call, world: World, name: string, subject: string): Answer {
  const { api, filters, page } = world.behaviour.referrers;
  if (!api || world.referrersLost) throw new Problem(404, "UNSUPPORTED", "there is no referrers API");
  const manifests = [...(world.repositories.get(name)?.manifests.values() ?? [])];
  const referring = manifests.flatMap((manifest) => entryOf(manifest, subject) ?? []);
  const asked = filters ? call.query.get("artifactType") : null;
  const listed = referring
    .filter(({ artifactType }) => asked === null || artifactType === asked)
    .sort((one, other) => (one.digest < other.digest ? -1 : 1));
  const { items, headers } = pageOf(call, listed, ({ digest }) => digest, page);
  return json(
    200,
    { schemaVersion: 2, mediaType: imageIndex, manifests: items },
    { ...headers, "content-type": imageIndex, ...(asked !== null && { "oci-filters-applied": "artifactType" }) },
  );
}

/** A manifest as it is listed: its artifact type is that of its config where it has none of its own. */
function entryOf({ digest, mediaType, bytes }: StoredManifest, subject: string) {
  const manifest = readManifest(bytes);
  if (manifest.subject?.digest !== subject) return undefined;
  const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
  const { annotations } = manifest;
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}
