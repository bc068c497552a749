/**
 * Lets a program load only the files that it uses of a folder. The sources import a folder through its `index.ts`, and
 * esbuild loads whatever an index leads to for every program that imports anything through it; so in the bundle, each
 * name is imported from the file that the index has it from. The same for packages in CommonJS with such an index.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "esbuild";

/** Files of a package by the names that its index exports them under. */
export type PackageFiles = ReadonlyMap<string, string>;

/** @param alone by package, the names that need nothing but their own file */
export function pastIndex(root: string, alone: Readonly<Record<string, readonly string[]>>): Plugin {
  const ours = [join(root, "src"), join(root, "actions")];
  const filesIn = (name: string): PackageFiles | undefined => {
    const names = alone[name];
    return names && filesOf(name, readFileSync(join(root, "node_modules", name, "index.js"), "utf8"), names);
  };
  return {
    name: "past-index",
    setup(build) {
      build.onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path }) => {
        if (!ours.some((folder) => path.startsWith(`${folder}/`))) return undefined;
        const contents = redirected(readFileSync(path, "utf8"), dirname(path), filesIn);
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
export function redirected(
  source: string,
  folder: string,
  filesIn: (name: string) => PackageFiles | undefined = () => undefined,
): string {
  return source.replace(/^import \{([^}]*)\} from "([^"]*)";$/gm, (line: string, list: string, from: string) => {
    const files = filesIn(from);
    if (files === undefined && !/^\..*\/index\.ts$/.test(from)) return line;
    const imports = specifiers(list).map(({ name, alias }) => {
      if (files === undefined) return importFrom(originOf(name, join(folder, from)), alias, folder);
      const file = files.get(name);
      return file === undefined ? `import { ${name} as ${alias} } from "${from}";` : `import ${alias} from "${file}";`;
    });
    return imports.join(" ");
  });
}

function importFrom(origin: { readonly name: string; readonly path: string }, alias: string, folder: string): string {
  const path = relative(folder, origin.path);
  const from = path.startsWith(".") ? path : `./${path}`;
  return `import { ${origin.name} as ${alias} } from "${from}";`;
}

/**
 * Where an index in CommonJS has names from: `const A = require("./a")`, then `module.exports.A = A`.
 * @throws Error for a name that is not a file of its own
 */
export function filesOf(packageName: string, index: string, names: readonly string[]): PackageFiles {
  const files = names.map((name) => {
    const file = new RegExp(`^const ${name} = require\\(["']\\./([\\w./-]+)["']\\);?$`, "m").exec(index)?.[1];
    const exported = new RegExp(`^module\\.exports\\.${name} = ${name};?$`, "m").test(index);
    if (file === undefined || !exported) throw new Error(`${name} of ${packageName} is not a file of its own`);
    return [name, `${packageName}/${file}.js`] as const;
  });
  return new Map(files);
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
