import type { Host } from "../../src/contract/index.ts";
import {
  buildProvenance,
  gitMaterial,
  type Material,
  placeUri,
  predicateType,
  statedRun,
} from "../../src/evidence/index.ts";
import { type FormC, metadataPath } from "../../src/formats/index.ts";
import { hexOf } from "../../src/oci/index.ts";
import { type AdrMetadata, parseMetadata } from "../../src/release/index.ts";
import { attestError } from "./errors.ts";
import { type Planned, requireFit } from "./planned.ts";

/**
 * SLSA provenance of a release: what `package` has made, in this run, of which files, code, data and base model. Pure.
 *
 * When packaging began is not known; that it was over is known when it is stated.
 *
 * @param metadata the bytes of the release's metadata.json
 * @throws SlipwayError METADATA_*, PREDICATE_INVALID
 */
export function planProvenance(
  { form, metadata }: { readonly form: FormC; readonly metadata: Uint8Array },
  { name: host, run }: Pick<Host, "name" | "run">,
  now: Date,
): Planned {
  const { name, version, variant } = form;
  const described = parseMetadata(metadata);
  if (described.name !== name || described.version !== version || described.variant !== variant) {
    const other = `${described.name} ${described.version} ${described.variant}`;
    throw attestError("PREDICATE_INVALID", `metadata.json of ${name} ${version} ${variant} is that of ${other}`);
  }
  const {
    builder = `urn:slipway:builder:${host}`,
    repository,
    commit,
    ref,
    trigger,
    actor,
    invocation,
  } = run.workflow ?? {};
  const predicate = buildProvenance({
    kind: "package",
    builder,
    invocation: statedRun(run),
    externalParameters: { name, version, variant, ref, trigger },
    internalParameters: { host, actor, invocation },
    materials: [
      ...codeOf(repository, commit),
      ...codeOf(described.provenance.codeRepository, described.provenance.codeCommit),
      ...lineageOf(described.provenance),
      ...filesOf(form),
    ],
    finishedOn: now,
  });
  return requireFit({ type: predicateType.provenance, check: "provenance", exact: false, predicate }, "the provenance");
}

/** What is not pinned to a commit is no resolved dependency. */
function codeOf(repository: string | undefined, commit: string | undefined): readonly Material[] {
  if (commit === undefined) return [];
  return [repository === undefined ? { name: "code", digest: { gitCommit: commit } } : gitMaterial(repository, commit)];
}

function lineageOf({
  dataset,
  datasetVersion,
  datasetUri,
  datasetDigest,
  baseModel,
}: AdrMetadata["provenance"]): readonly Material[] {
  const materials: Material[] = [];
  const data = dataset === undefined || datasetVersion === undefined ? dataset : `${dataset}@${datasetVersion}`;
  const place = datasetUri ?? data;
  if (place !== undefined) {
    materials.push({
      ...(data === undefined ? {} : { name: `dataset:${data}` }),
      uri: placeUri("dataset", place),
      ...(datasetDigest === undefined ? {} : { digest: { sha256: datasetDigest.slice("sha256:".length) } }),
    });
  }
  if (baseModel !== undefined) materials.push({ name: `base-model:${baseModel}`, uri: placeUri("model", baseModel) });
  return materials;
}

/** metadata.json is what packaging wrote itself. */
function filesOf({ files }: FormC): readonly Material[] {
  return files
    .filter(({ path }) => path !== metadataPath)
    .map(({ path, blob }) => ({ name: path, digest: { sha256: hexOf(blob.digest) } }));
}
