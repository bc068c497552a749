/** Runs esbuild over the entries; nothing is written to disk. */

import { basename } from "node:path";
import { build, type Metafile } from "esbuild";
import type { GeneratedFile } from "../generated-files.ts";
import type { Entry } from "./entries.ts";
import { pastIndex } from "./past-index.ts";
import { builtinsForCommonJs, entryInput, onlyVersion, virtualEntries, withoutEffects } from "./plugins.ts";

export interface Bundle {
  readonly files: readonly GeneratedFile[];
  readonly metafile: Metafile;
}

/**
 * Packages whose modules only define things, read to be sure, though their package.json does not say so. Without this,
 * one function of `@actions/core` brings an HTTP client of half a megabyte that only its OIDC part uses.
 */
const packagesWithoutEffects = ["@actions/core", "@actions/exec", "@actions/http-client", "@actions/io"];

/**
 * Names that need nothing of their package but their own file. To dispatch requests is all that we want of an `Agent` of
 * undici, whose index brings `fetch`, web sockets, caches and mocks, half a megabyte; its proxies need what the index
 * adds to every dispatcher.
 */
const namesByThemselves = { undici: ["Agent"] };

/**
 * Bundles the entries into `dist/`, all files side by side: a chunk may hold code that looks for the worker's file
 * beside itself.
 *
 * @param root absolute directory that entries and `node_modules` are found from; never appears in the output
 * @throws Error with esbuild's messages; a warning fails too
 */
export async function bundle(root: string, entries: readonly Entry[]): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({ in: entryInput(entry), out: entry.name })),
    plugins: [
      virtualEntries(entries, root),
      onlyVersion(root),
      pastIndex(root, namesByThemselves),
      builtinsForCommonJs,
      withoutEffects(root, packagesWithoutEffects),
    ],
    bundle: true,
    write: false,
    metafile: true,
    outdir: "dist",
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node24",
    splitting: true,
    // Identifiers stay, so that a stack trace from a user's machine can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    // Two classes of one name are told apart by a suffix, which must not show in an error's name.
    keepNames: true,
    // licenses.txt carries them, whole.
    legalComments: "none",
    logLevel: "silent",
  });
  if (warnings.length > 0) {
    throw new Error(warnings.map(({ text, location }) => `${location?.file}: ${text}`).join("\n"));
  }
  const executables = new Map(entries.map((entry) => [`${entry.name}.js`, entry.executable === true]));
  const files = outputFiles.map(({ path, contents }) => {
    const executable = executables.get(basename(path)) === true;
    const content = executable ? Buffer.concat([Buffer.from("#!/usr/bin/env node\n"), contents]) : contents;
    return { path: `dist/${basename(path)}`, content, executable };
  });
  return { files, metafile };
}
