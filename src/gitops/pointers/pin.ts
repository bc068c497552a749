import validVersion from "semver/functions/valid.js";
import type { Pin } from "../../evidence/index.ts";
import type { Pointer } from "../../lifecycle/index.ts";
import { isDigest } from "../../oci/index.ts";
import { gitopsError } from "../errors.ts";
import { editScalars, parseSelector, readScalars } from "../pointer/index.ts";

/**
 * What a pointer names: version, digest and URI that agree. Undefined when all of them are empty, and the subject, too;
 * the model's name and variant may stand there before the first release does.
 * @throws SlipwayError POINTER_PIN_INVALID, and what reading the file throws (POINTER_*, SELECTOR_INVALID)
 */
export function readPin(bytes: Uint8Array, pointer: Pointer): Pin | undefined {
  const selectors = Object.fromEntries(fieldsOf(pointer).map(([field, text]) => [field, parseSelector(text)]));
  const values = readScalars({ bytes, path: pointer.file }, pointer.document, selectors);
  const { version = "", digest = "", uri = "", subject = digest, name, variant } = values;
  const wrong = (what: string) => gitopsError("POINTER_PIN_INVALID", `${pointer.file}: ${what}`);
  // A place that another model's name stands in is not this pointer's, whatever else is in it.
  if (name && name !== pointer.name) throw wrong(`it names the model "${name.slice(0, 80)}"`);
  if (variant && variant !== pointer.variant) throw wrong(`it names the variant "${variant.slice(0, 80)}"`);
  if ([version, digest, uri, subject].every((text) => text === "")) return undefined;
  // "latest", "production", "v2": names that move are no versions, and neither is a missing one.
  if (validVersion(version) !== version) throw wrong(`"${version.slice(0, 80)}" is not a version`);
  if (!isDigest(digest)) throw wrong(`"${digest.slice(0, 80)}" is not a digest`);
  if (!isDigest(subject)) throw wrong(`"${subject.slice(0, 80)}" is not a digest`);
  const place = uri.slice(0, -`@${digest}`.length);
  if (place === "" || uri !== `${place}@${digest}`) {
    throw wrong(`the URI "${uri.slice(0, 200)}" does not end with the pinned digest`);
  }
  if (/@sha\d+:/i.test(place)) throw wrong(`the URI "${uri.slice(0, 200)}" has two digests`);
  if (name === "") throw wrong("it names a release and no model");
  if (variant === "") throw wrong("it names a release and no variant");
  return { version, subject, digest, uri };
}

/**
 * The file with a pointer set; every other byte stays.
 * @throws SlipwayError POINTER_*, SELECTOR_INVALID
 */
export function writePin(bytes: Uint8Array, pointer: Pointer, pin: Pin): Uint8Array {
  const values: Readonly<Record<string, string>> = { ...pin, name: pointer.name, variant: pointer.variant };
  const edits = fieldsOf(pointer).map(([field, text]) => ({
    selector: parseSelector(text),
    value: values[field] ?? "",
  }));
  return editScalars({ bytes, path: pointer.file }, pointer.document, edits);
}

export function samePin(one: Pin | undefined, other: Pin | undefined): boolean {
  return (
    one?.version === other?.version &&
    one?.subject === other?.subject &&
    one?.digest === other?.digest &&
    one?.uri === other?.uri
  );
}

function fieldsOf({ fields }: Pointer): [string, string][] {
  return Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
}
