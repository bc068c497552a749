import { isCapability, isVariantName } from "./names.ts";
import { parseTag } from "./tags.ts";

/** What the tags of a release are made from. */
export interface TagNames {
  readonly version: string | undefined;
  readonly variants: readonly { readonly name: string; readonly capabilities: readonly string[] }[];
}

export interface TagCollision {
  /** Where in model.yaml the name stands that has to change. */
  readonly path: readonly (string | number)[];
  /** One line: which tag, and what else has it. */
  readonly text: string;
}

/**
 * Names that could ask for a tag that something else has (DESIGN 5.3): a version that reads as a variant of another
 * version, a capability that reads as a version or as `latest`, two capabilities whose aliases are equal.
 * Names that are not well-formed are passed over; they are reported as such.
 */
export function findTagCollisions({ version, variants }: TagNames): TagCollision[] {
  return [...versionCollisions(version), ...aliasCollisions(variants)];
}

function versionCollisions(version: string | undefined): TagCollision[] {
  const parsed = parseTag(version ?? "");
  if (version === undefined || parsed.kind !== "variant") return [];
  const { version: base, variant } = parsed;
  const instead = [version.replace(/([a-z])(\d+)$/, "$1.$2"), `${version}.1`].find(
    (text) => parseTag(text).kind === "release",
  );
  const advice = instead === undefined ? "put a dot after the last hyphen" : `write "${instead}"`;
  return [
    {
      path: ["version"],
      text: `version "${version}" has the tag that the variant "${variant}" of version ${base} would have; ${advice}`,
    },
  ];
}

function aliasCollisions(variants: TagNames["variants"]): TagCollision[] {
  const named = variants.filter(({ name }) => isVariantName(name));
  const owners = new Map(
    named.map(({ name }) => [`latest-${name}`, "which is kept for the newest release of that variant"]),
  );
  owners.set("latest", "which no release may have");
  const collisions: TagCollision[] = [];
  for (const { name, capabilities } of named) {
    for (const [index, capability] of capabilities.entries()) {
      if (!isCapability(capability)) continue;
      const aliases = new Map([
        [capability, `and so does the capability "${capability}"`],
        [`${capability}-${name}`, `and so does the capability "${capability}" of the variant "${name}"`],
      ]);
      for (const [tag, meaning] of aliases) {
        const taken = parseTag(tag).kind === "other" ? owners.get(tag) : "which reads as the tag of a release";
        if (taken === undefined) owners.set(tag, meaning);
        else if (taken !== meaning) {
          collisions.push({
            path: ["variants", name, "capabilities", index],
            text: `the capability "${capability}" needs the tag "${tag}", ${taken}; choose another name`,
          });
          break;
        }
      }
    }
  }
  return collisions;
}
