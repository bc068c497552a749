import * as z from "zod";
import { sentence } from "../documents/index.ts";
import { pathProblem } from "./file-paths.ts";

/** A path below the directory of model.yaml; `.` is that directory itself. */
export function relativePath(expected: string) {
  return z
    .string({ error: expected })
    .check(sentence(relativePathProblem))
    .meta({ pattern: "^[^/\\\\][^\\\\]*$", maxLength: 1024 });
}

function relativePathProblem(text: string): string | undefined {
  if (/^[A-Za-z]:/.test(text)) return "is absolute; write it relative to this file";
  const plain = text.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  if (text !== "" && !text.startsWith("/") && (plain === "" || plain === ".")) return undefined;
  const why = pathProblem(plain)?.why;
  return why === undefined ? undefined : `${why}; write it relative to this file, with "/" and without ".."`;
}
