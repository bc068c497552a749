import * as z from "zod";
import { annotation, type Descriptor, type Manifest, mediaType } from "../../oci/index.ts";
import { findClash, pathProblem } from "../../release/index.ts";
import { formatError } from "../errors.ts";
import { isRawLayerType, modelPack } from "./media-types.ts";
import { releaseAnnotation } from "./plan.ts";

/** One file that a release says it has. */
interface ReleaseFile {
  /** Safe to join to a directory (invariant 8). */
  readonly path: string;
  /** 0o644 or 0o755: only whether it may be executed is kept. */
  readonly mode: number;
  readonly blob: Descriptor;
}

/** What a form C manifest says; nothing in it is proven until its digest and a signature over that are. */
export interface FormC {
  readonly name: string;
  readonly version: string;
  readonly variant: string;
  /** Team or person that owns the model. */
  readonly owner: string | undefined;
  /** Path of the model card; it is one of the files. */
  readonly modelCard: string | undefined;
  readonly config: Descriptor;
  readonly files: readonly ReleaseFile[];
  /** Sum of the files' sizes in bytes. */
  readonly size: number;
}

/** True when a manifest is a ModelPack manifest of Slipway's form C. */
export function isFormC(manifest: Manifest): boolean {
  return (
    manifest.mediaType === mediaType.manifest &&
    manifest.artifactType === modelPack.artifactType &&
    manifest.config.mediaType === modelPack.configType &&
    manifest.annotations?.[releaseAnnotation.name] !== undefined
  );
}

/**
 * Reads a form C manifest. Paths come from outside: each is checked, and two that clash are refused.
 *
 * @param label name for messages
 * @throws SlipwayError FORM_UNSUPPORTED, FORM_MALFORMED
 */
export function readFormC(manifest: Manifest, label: string): FormC {
  const annotations = manifest.annotations ?? {};
  const {
    [releaseAnnotation.name]: name,
    [releaseAnnotation.version]: version,
    [releaseAnnotation.variant]: variant,
  } = annotations;
  if (!isFormC(manifest) || name === undefined || version === undefined || variant === undefined) {
    throw formatError(
      "FORM_UNSUPPORTED",
      `${label} is not a model release in form C (artifactType ${manifest.artifactType ?? "none"})`,
    );
  }
  const files = manifest.layers.map((layer) => readLayer(layer, label));
  const clash = findClash(files.map((file) => file.path));
  if (clash !== undefined) {
    throw formatError("FORM_MALFORMED", `${label}: the path "${clash.path}" ${clash.why}: "${clash.clashesWith}"`);
  }
  const size = files.reduce((sum, file) => sum + file.blob.size, 0);
  if (!Number.isSafeInteger(size))
    throw formatError("FORM_MALFORMED", `${label}: the sizes add up to more than 2^53 bytes`);
  const modelCard = annotations[releaseAnnotation.card];
  if (modelCard !== undefined && !files.some((file) => file.path === modelCard)) {
    throw formatError("FORM_MALFORMED", `${label} names a model card "${modelCard}" that is not one of its files`);
  }
  const owner = annotations[annotation.vendor];
  return { name, version, variant, owner, modelCard, config: manifest.config, files, size };
}

function readLayer(layer: Descriptor, label: string): ReleaseFile {
  if (!isRawLayerType(layer.mediaType)) {
    throw formatError("FORM_UNSUPPORTED", `${label} has a layer of type ${layer.mediaType}; only plain files are read`);
  }
  const path = layer.annotations?.[modelPack.filepath];
  const title = layer.annotations?.[annotation.title];
  if (path === undefined) throw formatError("FORM_MALFORMED", `${label} has a layer without a path: ${layer.digest}`);
  // Tools differ in which of the two they follow; a release must be the same files for all of them.
  if (title !== undefined && title !== path) {
    throw formatError("FORM_MALFORMED", `${label} names one file "${path}" and "${title}"`);
  }
  const problem = pathProblem(path);
  if (problem !== undefined) throw formatError("FORM_MALFORMED", `${label}: the path "${path}" ${problem.why}`);
  return { path, mode: modeOf(layer, label), blob: layer };
}

const fileMetadata = z.object({ mode: z.number().int().nonnegative(), typeflag: z.number().int() });

function modeOf(layer: Descriptor, label: string): number {
  const text = layer.annotations?.[modelPack.fileMetadata];
  if (text === undefined) return 0o644;
  try {
    const { mode, typeflag } = fileMetadata.parse(JSON.parse(text));
    // 0 and "0" (48) both stand for a regular file in Go's archive/tar.
    if (typeflag === 0 || typeflag === 48) return (mode & 0o100) === 0 ? 0o644 : 0o755;
  } catch {
    // Malformed and foreign metadata end in the same refusal.
  }
  throw formatError("FORM_MALFORMED", `${label} has file metadata that is not of a regular file: ${layer.digest}`);
}
