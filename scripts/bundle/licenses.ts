/** The licence texts of the packages whose code is in the bundle. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** Packages published without their licence file, and a package of the same repository that carries the text. */
const textFrom: Readonly<Record<string, string>> = { "@sigstore/verify": "@sigstore/bundle" };

/**
 * Name, version, licence and full texts of every package that contributes bytes, sorted.
 *
 * @throws Error when a package has no licence file: its code must not be passed on then
 */
export async function licensesOf(root: string, metafile: Metafile): Promise<string> {
  const packages = await Promise.all(bundledPackages(metafile).map((folder) => readPackage(root, folder)));
  // The same version may lie in several places of node_modules.
  const sections = new Set(
    packages.map(({ name, version, license, texts }) => [`${name} ${version} (${license})`, ...texts].join("\n\n")),
  );
  const rule = `\n\n${"=".repeat(80)}\n\n`;
  return `Third-party code in this folder, and the terms under which it is passed on.${rule}${[...sections].sort().join(rule)}\n`;
}

/** Folders of packages, relative to the root, that at least one byte of the output comes from. */
export function bundledPackages(metafile: Metafile): readonly string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly texts: readonly string[];
}

async function readPackage(root: string, folder: string): Promise<LicensedPackage> {
  const { name, version, license, repository } = await readManifest(root, folder);
  let texts = await readTexts(join(root, folder));
  const sibling = textFrom[name];
  if (texts.length === 0 && sibling !== undefined) {
    const siblingFolder = `${folder.slice(0, -name.length)}${sibling}`;
    const other = await readManifest(root, siblingFolder);
    if (other.license === license && other.repository === repository)
      texts = await readTexts(join(root, siblingFolder));
  }
  if (texts.length === 0) throw new Error(`${folder} has no licence file`);
  return { name, version, license, texts };
}

/** The licence, and the notices that it may ask to be passed on; empty when there is no licence. */
async function readTexts(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  if (files.every((name) => /^notice/i.test(name))) return [];
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => text.replaceAll("\r\n", "\n").trim());
}

async function readManifest(
  root: string,
  folder: string,
): Promise<Record<"name" | "version" | "license" | "repository", string>> {
  const manifest: Record<string, unknown> = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
  const { name, version, license, repository } = manifest;
  if (typeof name !== "string" || typeof version !== "string" || typeof license !== "string") {
    throw new Error(`${folder}/package.json lacks its name, version or licence`);
  }
  const url =
    typeof repository === "object" && repository !== null && "url" in repository ? repository.url : repository;
  return { name, version, license, repository: typeof url === "string" ? url : "" };
}
