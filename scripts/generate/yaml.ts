/** YAML as this repository writes it: keys in the order given, long lines left whole, a comment on top. */

import { Document } from "yaml";

/**
 * @param value plain data; keys whose value is undefined are left out
 * @param header lines of the comment on top, without their `#`
 */
export function yamlText(value: unknown, header: readonly string[] = []): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0 });
}
