import { applyChanges } from "./change.ts";
import { chooseDocument, type DocumentFilter } from "./choose-document.ts";
import { requireIntendedChange } from "./confirm-change.ts";
import { openFile, type PointerFile } from "./open-file.ts";
import { planChanges, type ScalarEdit } from "./plan-changes.ts";
import { requireWritable } from "./scalar-text.ts";

/**
 * Sets scalars in a file of YAML. Every byte outside the scalars is kept, and each scalar keeps its quotes, its anchor
 * and its tag `!!str`; a plain one gets double quotes when some reader could take the new text for something else.
 * A scalar that reads as the wanted text already is left as it is, even the plain number `1.10`.
 *
 * Before it returns, old and new file are read as YAML 1.2 and as YAML 1.1 and compared node by node.
 *
 * @param file at most 1 MiB of YAML in UTF-8, before and after
 * @param document which document of the file; absent: the only one in which all selectors match
 * @returns the new file; the very same bytes when nothing had to be changed
 * @throws POINTER_VALUE_INVALID; POINTER_ALIASED when an alias repeats the value or something that it is in;
 *   POINTER_SCALAR_UNSUPPORTED for block scalars and values of several lines, too; POINTER_EDIT_UNSAFE when the
 *   comparison shows anything but the intended change; and all that `readScalars` throws
 */
export function editScalars(
  file: PointerFile,
  document: DocumentFilter | undefined,
  edits: readonly ScalarEdit[],
): Uint8Array {
  for (const { selector, value } of edits) requireWritable(value, selector.text);
  if (edits.length === 0) return file.bytes;
  const open = openFile(file);
  const chosen = chooseDocument(
    open,
    document,
    edits.map(({ selector }) => selector),
  );
  const changes = planChanges(open, chosen, edits);
  if (changes.length === 0) return file.bytes;
  const bytes = new TextEncoder().encode(applyChanges(open.text, changes));
  requireIntendedChange(file.bytes, open, { bytes, document: chosen.index, changes });
  return bytes;
}
