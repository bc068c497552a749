import { chooseDocument, type DocumentFilter } from "./choose-document.ts";
import { textOf } from "./mapping.ts";
import { openFile, type PointerFile } from "./open-file.ts";
import type { Selector } from "./selector.ts";

/**
 * Reads the text of each selected scalar. A string in YAML 1.2 is read as its value, and everything else as it is
 * written: the number `1.10` is "1.10" and not "1.1", `~` is "~". A value that was left out is "".
 *
 * @param file at most 1 MiB of YAML in UTF-8
 * @param document which document of the file; absent: the only one in which all selectors match
 * @returns the texts under the names of their selectors
 * @throws POINTER_FILE_INVALID, POINTER_FILE_TOO_LARGE, and with file, line, column and selector POINTER_NOT_FOUND,
 *   POINTER_AMBIGUOUS, POINTER_ALIAS, POINTER_MERGE_KEY, POINTER_DUPLICATE_KEY, POINTER_KEY_UNSUPPORTED,
 *   POINTER_NOT_SCALAR, POINTER_SCALAR_UNSUPPORTED
 */
export function readScalars(
  file: PointerFile,
  document: DocumentFilter | undefined,
  selectors: Readonly<Record<string, Selector>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(selectors);
  if (entries.length === 0) return {};
  const { found } = chooseDocument(openFile(file), document, Object.values(selectors));
  return Object.fromEntries(
    entries.map(([name], index) => {
      const scalar = found[index]?.scalar;
      return [name, scalar === undefined ? "" : textOf(scalar)];
    }),
  );
}
