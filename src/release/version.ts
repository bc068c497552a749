import validVersion from "semver/functions/valid.js";

/** Longest version: with variant, check, run and attempt it still makes a tag of 128 characters. */
export const maxVersionLength = 40;

/** Semantic Versioning 2.0.0 without build metadata, for JSON Schema; `isVersion` decides. */
export const versionPattern =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?$/;

/** True for a semantic version of at most 40 characters, without build metadata and without a leading "v". */
export function isVersion(text: string): boolean {
  return text.length <= maxVersionLength && validVersion(text) === text;
}

/** Why a text is not a version, to continue the sentence "version …"; undefined when it is one. */
export function versionProblem(text: string): string | undefined {
  if (isVersion(text)) return undefined;
  if (text.length > maxVersionLength) {
    const start = text.slice(0, maxVersionLength);
    return `"${start}…" has ${text.length} characters; at most ${maxVersionLength} fit into a tag beside the variant and the run`;
  }
  return `"${text}" ${reasonAgainst(text)}; write ${advice(text)}`;
}

/** The version that was probably meant: `v2.4` → `2.4.0`; undefined when there is no telling. */
export function nearestVersion(text: string): string | undefined {
  const match = /^\s*[vV=]?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(?:\+.*)?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, major, minor = "0", patch = "0", preRelease = ""] = match;
  const numbers = [major, minor, patch].map((part) => String(part).replace(/^0+(?=\d)/, ""));
  const version = `${numbers.join(".")}${preRelease}`;
  return isVersion(version) ? version : undefined;
}

function reasonAgainst(text: string): string {
  if (text === "") return "is empty";
  if (/^[vV]\d/.test(text)) return `starts with "${text.charAt(0)}"`;
  if (text.includes("+")) return 'has build metadata, and a tag cannot hold "+"';
  return /^\d+(\.\d+)?$/.test(text) ? "does not have three numbers" : "is not a semantic version";
}

function advice(text: string): string {
  const version = nearestVersion(text);
  return version === undefined ? 'one such as "2.4.1" or "2.5.0-rc.1"' : `"${version}"`;
}
