import { ContentError } from "../content/index.ts";
import type { SlipwayError } from "../errors/index.ts";
import type { ModelFile } from "./directory/list-directory.ts";
import { sourceError } from "./errors.ts";

/**
 * Turns the failure to read one of the listed files into the error that names it; anything else is returned as it is.
 */
export function explainUnreadableFile(error: unknown, files: readonly ModelFile[]): SlipwayError | unknown {
  if (!(error instanceof ContentError)) return error;
  const path = files.find((file) => file.source === error.task.source)?.path;
  if (path === undefined) return error;
  if (error.kind === "changed") return sourceError("MODEL_CHANGED", `"${path}": ${error.message}`, { cause: error });
  if (error.kind === "unreadable")
    return sourceError("MODEL_UNREADABLE", `cannot read "${path}": ${error.message}`, { cause: error });
  return error;
}
