/** What esbuild has to be taught about these sources. */

import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import type { OnResolveArgs, Plugin, PluginBuild, ResolveResult } from "esbuild";
import type { Entry } from "./entries.ts";

const entryPrefix = "slipway-entry:";

/** How an entry is named to esbuild. */
export function entryInput(entry: Entry): string {
  return "source" in entry ? `${entryPrefix}${entry.name}` : `./${entry.file}`;
}

/** Serves the entries that are not files. */
export function virtualEntries(entries: readonly Entry[], root: string): Plugin {
  const sources = new Map(entries.flatMap((entry) => ("source" in entry ? [[entryInput(entry), entry.source]] : [])));
  return {
    name: "virtual-entries",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${entryPrefix}`) }, ({ path }) => ({ path, namespace: "entry" }));
      build.onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? undefined : { contents, loader: "js", resolveDir: root };
      });
    },
  };
}

/**
 * Lets esbuild drop modules that nothing is used from. Our own do nothing when they are imported, but a call such as
 * `defineErrors(…)` at the top of one looks like an effect; through the index files an action would load every folder.
 *
 * @param packages names of packages that were read and do nothing either
 */
export function withoutEffects(root: string, packages: readonly string[]): Plugin {
  const folders = [join(root, "src"), join(root, "actions")];
  const isPure = (path: string): boolean => {
    if (folders.some((folder) => path.startsWith(`${folder}/`))) return true;
    return packages.some((name) => path.includes(`/node_modules/${name}/`));
  };
  return {
    name: "without-effects",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        const result = await resolveOnce(build, args);
        if (result === undefined || args.kind === "entry-point" || !isPure(result.path)) return undefined;
        return { path: result.path, sideEffects: false };
      });
    },
  };
}

/**
 * Gives CommonJS packages Node's own modules. An ES module has no `require`; the usual answer, a `createRequire` in
 * a banner, would run in every file, also in those that hold no CommonJS.
 */
export const builtinsForCommonJs: Plugin = {
  name: "builtins-for-commonjs",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (kind !== "require-call" || !isBuiltin(path)) return undefined;
      return { path: path.replace(/^node:/, ""), namespace: "builtin", sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

/** Of package.json the program needs its version; the rest of it would change `dist/` whenever a script is renamed. */
export function onlyVersion(root: string): Plugin {
  return {
    name: "only-version",
    setup(build) {
      build.onLoad({ filter: /\/package\.json$/, namespace: "file" }, async ({ path }) => {
        if (path !== join(root, "package.json")) return undefined;
        const { version } = JSON.parse(await readFile(path, "utf8"));
        return { contents: JSON.stringify({ version }), loader: "json" };
      });
    },
  };
}

const asked = Symbol("asked");

/** What esbuild itself makes of an import; undefined when it is not a file or this very question. */
async function resolveOnce(build: PluginBuild, args: OnResolveArgs): Promise<ResolveResult | undefined> {
  if (args.pluginData === asked || !["file", "entry"].includes(args.namespace)) return undefined;
  const { path, importer, namespace, resolveDir, kind } = args;
  const result = await build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: asked });
  if (result.errors.length > 0 || result.external || result.namespace !== "file") return undefined;
  return result;
}
