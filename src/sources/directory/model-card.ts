import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { extname, relative, sep } from "node:path";
import { identityOf } from "../../content/index.ts";
import { reason, SlipwayError, systemCode } from "../../errors/index.ts";
import { findClash } from "../../release/index.ts";
import { sourceError } from "../errors.ts";
import type { ModelFile, ModelListing } from "./list-directory.ts";

/** A release's model card. */
interface ModelCard {
  /** Its path among the release's files. */
  readonly path: string;
  /** The card as a further file of the release, when it lies outside of the model's directory. */
  readonly extra: ModelFile | undefined;
}

/**
 * Finds the model card. One that lies outside of the model's directory joins the release as `MODEL_CARD` with its own
 * ending, so that it travels with the model.
 *
 * @param location absolute
 * @returns undefined when there is no such file
 * @throws SlipwayError MODEL_UNREADABLE, MODEL_NAME_CLASH
 */
export async function findModelCard(location: string, { root, files }: ModelListing): Promise<ModelCard | undefined> {
  try {
    const source = await realpath(location);
    const inside = relative(root, source).split(sep).join("/");
    if (files.some((file) => file.path === inside)) return { path: inside, extra: undefined };
    const found = await stat(source, { bigint: true });
    if (!found.isFile()) throw sourceError("MODEL_UNREADABLE", `the model card ${location} is not a file`);
    await access(source, constants.R_OK);
    const path = `MODEL_CARD${extname(source)}`;
    const clash = findClash([path, ...files.map((file) => file.path)]);
    if (clash !== undefined) {
      throw sourceError("MODEL_NAME_CLASH", `the model card would become "${path}", which the model's directory has`);
    }
    const extra = { path, source, size: Number(found.size), executable: false, identity: identityOf(found) };
    return { path, extra };
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
    if (systemCode(error) === undefined) throw error;
    throw sourceError("MODEL_UNREADABLE", `cannot read the model card ${location}: ${reason(error)}`, { cause: error });
  }
}
