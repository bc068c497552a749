import { maxHeadBytes } from "./response-head.ts";

/**
 * The head of a request (RFC 9112, 3 and 5).
 * @throws Error for a value that would become a field of its own
 */
export function requestHead(
  method: string,
  { host, pathname, search }: URL,
  headers: Readonly<Record<string, string>>,
): string {
  let head = `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? "";
    // Values come from configuration and answers.
    if (/[\r\n\0]/.test(value)) throw new Error(`the header ${name} has a line break`);
    head += `${name}: ${value}\r\n`;
  }
  if (head.length > maxHeadBytes) throw new Error("the request's head is too long");
  return `${head}\r\n`;
}
