import type { ResponseHead } from "../wire/index.ts";
import type { FileTarget } from "./messages.ts";

/**
 * Where the body of an answer belongs in a file (RFC 9110, 14.4).
 * @param target what was asked for
 * @returns bytes of the body to skip and to keep; undefined when the answer is of another part or another length
 */
export function bodyRange(
  { status, headers }: Pick<ResponseHead, "status" | "headers">,
  length: number,
  { from, until, size, exactly }: Pick<FileTarget, "from" | "until" | "size" | "exactly">,
): { readonly skip: number; readonly keep: number } | undefined {
  if (status === 200) return length === size && !exactly ? { skip: from, keep: until - from } : undefined;
  const [, first, last, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(headers["content-range"] ?? "") ?? [];
  const fits =
    status === 206 &&
    Number(first) === from &&
    Number(last) - Number(first) + 1 === length &&
    Number(last) < (exactly ? until : size) &&
    (total === "*" || Number(total) === size);
  return fits ? { skip: 0, keep: Math.min(length, until - from) } : undefined;
}
