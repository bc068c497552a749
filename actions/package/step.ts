import { ContentPool, DigestMemory } from "../../src/content/index.ts";
import { type Host, reachOf, type StepRun, type Table } from "../../src/contract/index.ts";
import { type PackedFile, packFormC, type ReleaseFacts } from "../../src/formats/index.ts";
import { formatReference, openOrCreateStore, parseReference, shortDigest } from "../../src/oci/index.ts";
import { storageName } from "../../src/release/index.ts";
import { formatBytes, formatPace } from "../../src/report/index.ts";
import { explainUnreadableFile, findModelCard, listModelDirectory } from "../../src/sources/index.ts";
import type { contract } from "./contract.ts";
import { type DeclaredRelease, readRelease } from "./release.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const started = host.now().getTime();
  const release = await readRelease(inputs.model, inputs);
  const listing = await listModelDirectory(release.directory);
  const card = await findModelCard(release.modelCard, listing);
  if (card === undefined) {
    host.warn(`there is no model card ${release.declaration.modelCard}; without one the release stays experimental`);
  }
  const files = card?.extra === undefined ? listing.files : [...listing.files, card.extra];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  for (const left of listing.leftOut) host.warn(`left out of the release: ${left}`);

  const { declaration, variant, tag } = release;
  host.info(`${declaration.name} ${declaration.version} ${variant}: ${files.length} files, ${formatBytes(total)}`);
  const reference = inputs.store ?? parseReference(`oci:out/store/${storageName(declaration.name)}`, host.directory);
  await using pool = new ContentPool({ signal: host.signal, memory: await DigestMemory.ofUser() });
  const store = await openOrCreateStore(reference, {
    pool,
    signal: host.signal,
    reach: reachOf(inputs, host),
    uploadMode: inputs["upload-mode"],
  });
  const progress = host.progress(`packaging ${tag}`, total);
  try {
    const packed = await packFormC({
      files,
      metadata: release.metadata,
      facts: factsOf(release, card?.path, host),
      store,
      pool,
      onBytes: (bytes) => progress.advance(bytes),
    });
    const { subject, size, written } = packed;
    const elapsed = host.now().getTime() - started;
    const full = formatReference({ ...reference, tag, digest: subject.digest });
    return {
      outputs: { subject: subject.digest, reference: full, tag, size, written },
      summary: {
        title: `Packaged ${declaration.name} ${declaration.version} ${variant}`,
        facts: [
          { label: "subject", value: subject.digest, code: true },
          { label: "reference", value: full, code: true },
          { label: "size", value: `${packed.files.length} files, ${formatBytes(size)}` },
          {
            label: "new content",
            value: `${formatBytes(written)}; ${formatBytes(size - written)} was in the store already`,
          },
          { label: "time", value: formatPace(size, elapsed) },
        ],
        tables: [largestFiles(packed.files)],
      },
    };
  } catch (error) {
    throw explainUnreadableFile(error, files);
  } finally {
    progress.end();
  }
};

function factsOf(
  { declaration, variant, tag }: DeclaredRelease,
  modelCard: string | undefined,
  host: Host,
): ReleaseFacts {
  const { model } = declaration.variants[variant] ?? { model: undefined };
  return {
    name: declaration.name,
    version: declaration.version,
    variant,
    tag,
    owner: declaration.owner,
    licence: declaration.licence,
    description: declaration.description,
    modelCard,
    format: model?.format ?? "",
    precision: model?.precision ?? "",
    source: declaration.provenance?.codeRepository,
    revision: declaration.provenance?.codeCommit,
    sourceDateEpoch: host.sourceDateEpoch,
  };
}

const filesShown = 10;

function largestFiles(files: readonly PackedFile[]): Table {
  const largest = [...files].sort((a, b) => b.size - a.size).slice(0, filesShown);
  return {
    title: "Largest files",
    columns: [{ name: "file" }, { name: "size", align: "right" }, { name: "digest", code: true }],
    rows: largest.map((file) => [file.path, formatBytes(file.size), shortDigest(file.digest)]),
    omitted: files.length - largest.length,
  };
}
