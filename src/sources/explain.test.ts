import { expect, test } from "vitest";
import { ContentError, type ContentTask } from "../content/index.ts";
import type { ModelFile } from "./directory/list-directory.ts";
import { explainUnreadableFile } from "./explain.ts";

const identity = { device: 1n, inode: 2n, size: 3n, modified: 4n, changed: 5n };
const files: readonly ModelFile[] = [
  { path: "a", source: "/model/a", size: 3, executable: false, identity },
  { path: "link", source: "/model/b", size: 3, executable: false, identity },
];
const task = (source: string): ContentTask => ({ source, size: 3, identity });

test.each([
  ["changed", "/model/a", "MODEL_CHANGED", "temporary", '"a": it grew'],
  ["changed", "/model/b", "MODEL_CHANGED", "temporary", '"link": it grew'],
  ["unreadable", "/model/a", "MODEL_UNREADABLE", "configuration", 'cannot read "a": it grew'],
] as const)("%s %s is %s", (kind, source, code, family, message) => {
  const error = new ContentError(kind, "it grew", task(source));
  expect(explainUnreadableFile(error, files)).toMatchObject({ code, family, message, cause: error });
});

test.each([
  ["a failure to write", new ContentError("unwritable", "no", task("/model/a"))],
  ["a full disk", new ContentError("no-space", "no", task("/model/a"))],
  ["a file that was not listed", new ContentError("changed", "no", task("/store/blobs/x"))],
  ["another error", new TypeError("no")],
  ["something thrown", "no"],
])("%s is returned as it is", (_, error) => {
  expect(explainUnreadableFile(error, files)).toBe(error);
});
