import { ContentPool } from "../../src/content/index.ts";
import { reachOf, type StepResult, type StepRun, type Table } from "../../src/contract/index.ts";
import { predicateType } from "../../src/evidence/index.ts";
import { type FormC, isFormC, readFormC } from "../../src/formats/index.ts";
import {
  annotation,
  type Descriptor,
  type Digest,
  formatReference,
  type Manifest,
  maxManifestBytes,
  mediaType,
  openStore,
  parseIndex,
  parseManifest,
  type ReadableStore,
  type Reference,
  shortDigest,
} from "../../src/oci/index.ts";
import { formatBytes } from "../../src/report/index.ts";
import { bundleAnnotation, isBundleType, legacyKindOf, omsPredicateType } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";

type Result = StepResult<(typeof contract)["outputs"]>;

const rowsShown = 200;

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const { reference } = inputs;
  await using pool = new ContentPool({ signal: host.signal });
  const store = await openStore(reference, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  if (reference.tag === undefined && reference.digest === undefined) return describeStore(store, reference);
  const descriptor = await store.resolve(reference);
  return describeManifest(store, descriptor, { ...reference, digest: descriptor.digest });
};

async function describeStore(store: ReadableStore, reference: Reference): Promise<Result> {
  const tags = await store.tags();
  const rows: string[][] = [];
  for (const tag of tags.slice(0, rowsShown)) {
    const descriptor = await store.resolve({ tag });
    rows.push([tag, await kindOf(store, descriptor), shortDigest(descriptor.digest)]);
  }
  return {
    outputs: { subject: "", reference: formatReference(reference) },
    summary: {
      title: `${store.label} holds ${tags.length} tagged manifests`,
      facts: [],
      tables: [
        {
          title: "Tags",
          columns: [{ name: "tag" }, { name: "kind" }, { name: "digest", code: true }],
          rows,
          omitted: tags.length - rows.length,
        },
      ],
    },
  };
}

async function describeManifest(store: ReadableStore, descriptor: Descriptor, reference: Reference): Promise<Result> {
  const full = formatReference(reference);
  const outputs = { subject: descriptor.digest, reference: full };
  const manifest = await readManifest(store, descriptor);
  const attached = await attachedTo(store, descriptor.digest);
  if (manifest !== undefined && isFormC(manifest)) {
    const form = readFormC(manifest, full);
    return {
      outputs,
      summary: {
        title: `${form.name} ${form.version} ${form.variant}`,
        facts: [
          { label: "subject", value: descriptor.digest, code: true },
          { label: "reference", value: full, code: true },
          ...annotationFacts(manifest),
          { label: "size", value: `${form.files.length} files, ${formatBytes(form.size)}` },
        ],
        tables: [fileTable(form), ...attached],
      },
    };
  }
  return {
    outputs,
    summary: {
      title: `${full}: ${await kindOf(store, descriptor)}`,
      facts: [
        { label: "digest", value: descriptor.digest, code: true },
        { label: "type", value: manifest?.artifactType ?? descriptor.mediaType },
        ...(manifest?.subject === undefined
          ? []
          : [{ label: "attached to", value: manifest.subject.digest, code: true }]),
        ...(manifest === undefined ? [] : annotationFacts(manifest)),
      ],
      tables: attached,
    },
  };
}

async function readManifest(store: ReadableStore, descriptor: Descriptor): Promise<Manifest | undefined> {
  if (descriptor.mediaType !== mediaType.manifest) return undefined;
  return parseManifest(await store.fetch(descriptor, maxManifestBytes), descriptor.digest);
}

async function kindOf(store: ReadableStore, descriptor: Descriptor): Promise<string> {
  if (descriptor.mediaType === mediaType.index) {
    const { manifests } = parseIndex(await store.fetch(descriptor, maxManifestBytes), descriptor.digest);
    return `index of ${manifests.length}`;
  }
  const manifest = await readManifest(store, descriptor);
  if (manifest === undefined) return descriptor.mediaType;
  if (isFormC(manifest)) return "release";
  if (isBundleType(manifest.artifactType)) {
    const type = manifest.annotations?.[bundleAnnotation.predicateType];
    if (type === omsPredicateType) return "OMS signature of the files";
    return type === predicateType.cosignSignature ? "signature" : `evidence ${type ?? "without a type"}`;
  }
  const signed = legacyKind(manifest.layers.map((layer) => layer.mediaType));
  return signed ?? manifest.artifactType ?? manifest.config.mediaType;
}

/** What cosign's older storage holds under one tag; undefined for anything else. */
function legacyKind(types: readonly string[]): string | undefined {
  const kinds = new Set(types.map(legacyKindOf));
  const [kind, ...others] = kinds;
  if (kind === undefined || others.length > 0) return undefined;
  return `${types.length === 1 ? "" : `${types.length} `}${kind === "signature" ? "signature" : "evidence"}${types.length > 1 && kind === "signature" ? "s" : ""} in cosign's older storage`;
}

function annotationFacts(manifest: Manifest): { label: string; value: string }[] {
  const shown = ["vendor", "licenses", "source", "revision", "created", "description"] as const;
  return shown.flatMap((name) => {
    const value = manifest.annotations?.[annotation[name]];
    return value === undefined ? [] : [{ label: name === "vendor" ? "owner" : name, value }];
  });
}

function fileTable(form: FormC): Table {
  return {
    title: "Files",
    columns: [{ name: "file" }, { name: "size", align: "right" }, { name: "digest", code: true }],
    rows: form.files
      .slice(0, rowsShown)
      .map((file) => [file.path, formatBytes(file.blob.size), shortDigest(file.blob.digest)]),
    omitted: Math.max(0, form.files.length - rowsShown),
  };
}

async function attachedTo(store: ReadableStore, digest: Digest): Promise<Table[]> {
  const referrers = await store.referrers(digest);
  if (referrers.length === 0) return [];
  const rows: string[][] = [];
  for (const referrer of referrers.slice(0, rowsShown)) {
    const created = referrer.annotations?.[annotation.created] ?? "";
    rows.push([await kindOf(store, referrer), created, referrer.digest]);
  }
  const columns = [{ name: "kind" }, { name: "created (asserted)" }, { name: "manifest", code: true }];
  return [{ title: "Attached", columns, rows, omitted: referrers.length - rows.length }];
}
