/** A path that may not stand in a release, and why. */
export interface PathProblem {
  readonly path: string;
  /** Continues the sentence "the path …". */
  readonly why: string;
  /** The other path, when two clash. */
  readonly clashesWith?: string;
}

const maxPathBytes = 1024;
const maxComponentBytes = 255;

/**
 * Why a relative path cannot be part of a release; undefined when it can. A path that passes names a file below
 * whatever directory it is joined to, on every system that a model is unpacked on.
 */
export function pathProblem(path: string): PathProblem | undefined {
  const why = reasonAgainst(path);
  return why === undefined ? undefined : { path, why };
}

function reasonAgainst(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "is absolute";
  if (Buffer.byteLength(path) > maxPathBytes) return `is longer than ${maxPathBytes} bytes`;
  if (/[\u0000-\u001f\u007f]/.test(path)) return "holds a control character";
  if (path.includes("\\")) return "holds a backslash, which separates directories on other systems";
  if (!path.isWellFormed() || path.includes("\ufffd")) return "is not valid Unicode";
  for (const component of path.split("/")) {
    if (component === "") return "holds an empty component";
    if (component === "." || component === "..") return `holds the component "${component}"`;
    if (Buffer.byteLength(component) > maxComponentBytes)
      return `has a component longer than ${maxComponentBytes} bytes`;
  }
  return undefined;
}

/**
 * The first two paths that cannot stand side by side everywhere: equal, differing only in case or in Unicode
 * normalisation (also in a directory's name), or one being a directory on the way to the other.
 */
export function findClash(paths: readonly string[]): PathProblem | undefined {
  const files = new Map<string, string>();
  const directories = new Map<string, { spelling: string; path: string }>();
  for (const path of paths) {
    const folded = fold(path);
    const twin = files.get(folded);
    if (twin !== undefined) {
      const why = twin === path ? "occurs twice" : "differs from another only in case or Unicode normalisation";
      return { path, why, clashesWith: twin };
    }
    files.set(folded, path);
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      const spelling = path.slice(0, slash);
      const known = directories.get(fold(spelling));
      if (known === undefined) directories.set(fold(spelling), { spelling, path });
      else if (known.spelling !== spelling) {
        const why = "lies in a directory that differs from another only in case or Unicode normalisation";
        return { path, why, clashesWith: known.path };
      }
    }
  }
  for (const [folded, { path }] of directories) {
    const file = files.get(folded);
    if (file !== undefined) return { path: file, why: "is a file and also a directory", clashesWith: path };
  }
  return undefined;
}

/** Orders paths by their UTF-8 bytes, the same on every machine and in every locale. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

/**
 * Unicode's canonical caseless match (D145), as file systems that ignore case compare. Lower case comes first as well:
 * "ẞ" alone has an upper case of its own and would differ from "ß" and "SS".
 */
function fold(path: string): string {
  return path.normalize("NFD").toLowerCase().toUpperCase().toLowerCase().normalize("NFC");
}
