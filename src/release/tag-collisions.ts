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
  const dotted = `${version.slice(0, -variant.length)}${variant.replace(/^([a-z]+)(\d+)$/, "$1.$2")}`;
  const instead = dotted === version ? `${version}.1` : dotted;
  return [
    {
      path: ["version"],
      text: `version "${version}" has the tag that the variant "${variant}" of version ${base} would have; write "${instead}"`,
    },
  ];
}

function aliasCollisions(variants: TagNames["variants"]): TagCollision[] {
  const named = variants.filter(({ name }) => isVariantName(name));
  const owners = new Map(named.map(({ name }) => [`latest-${name}`, `the alias of the latest "${name}"`]));
  owners.set("latest", "the name of no release");
  const collisions: TagCollision[] = [];
  for (const { name, capabilities } of named) {
    for (const [index, capability] of capabilities.entries()) {
      if (!isCapability(capability)) continue;
      const aliases = new Map([
        [capability, `the capability "${capability}"`],
        [`${capability}-${name}`, `the capability "${capability}" of the variant "${name}"`],
      ]);
      for (const [tag, meaning] of aliases) {
        const taken = parseTag(tag).kind === "other" ? owners.get(tag) : "a release's own";
        if (taken === undefined) owners.set(tag, meaning);
        else if (taken !== meaning) {
          collisions.push({
            path: ["variants", name, "capabilities", index],
            text: `the capability "${capability}" needs the tag "${tag}", which is ${taken}; choose another name`,
          });
          break;
        }
      }
    }
  }
  return collisions;
}
