/**
 * Lets a program load only the files that it uses of a folder. The sources import a folder through its `index.ts`, and
 * esbuild loads whatever an index leads to for every program that imports anything through it; so in the bundle, each
 * name is imported from the file that the index has it from.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "esbuild";

export function pastIndex(root: string): Plugin {
  const ours = [join(root, "src"), join(root, "actions")];
  return {
    name: "past-index",
    setup(build) {
      build.onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path }) => {
        if (!ours.some((folder) => path.startsWith(`${folder}/`))) return undefined;
        const contents = redirected(readFileSync(path, "utf8"), dirname(path));
        return { contents, loader: "ts" };
      });
    },
  };
}

/** A name imported or exported, and the one it has on the other side. */
interface Specifier {
  readonly name: string;
  readonly alias: string;
}

/**
 * The source text of a file in `folder` with its imports led past the index files. Types are left out, as the compiler
 * would; a name that an index defines itself is still imported from there.
 */
export function redirected(source: string, folder: string): string {
  return source.replace(/^import \{([^}]*)\} from "(\.[^"]*\/index\.ts)";$/gm, (_, list: string, index: string) => {
    const imports = specifiers(list).map(({ name, alias }) => {
      const origin = originOf(name, join(folder, index));
      const path = relative(folder, origin.path);
      const from = path.startsWith(".") ? path : `./${path}`;
      return `import { ${origin.name} as ${alias} } from "${from}";`;
    });
    return imports.join(" ");
  });
}

/** Where an index has a name from; through further indexes, if need be. */
function originOf(name: string, index: string): { name: string; path: string } {
  const here = { name, path: index };
  if (!existsSync(index)) return here;
  for (const [, list = "", from = ""] of readFileSync(index, "utf8").matchAll(
    /^export \{([^}]*)\} from "(\.[^"]*)";$/gm,
  )) {
    const found = specifiers(list).find(({ alias }) => alias === name);
    if (found === undefined) continue;
    const path = join(dirname(index), from);
    return path.endsWith("/index.ts") ? originOf(found.name, path) : { name: found.name, path };
  }
  return here;
}

function specifiers(list: string): readonly Specifier[] {
  return list
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "" && !text.startsWith("type "))
    .map((text) => {
      const [name = "", alias = name] = text.split(" as ");
      return { name, alias };
    });
}
