import { type Answer, answer, type Source } from "./answer.ts";
import { isObject } from "./descriptors.ts";
import type { DescriptorLie, Fault } from "./faults.ts";

/** An answer as the rules make it, after everything was done. @param path what the client asked for, with its query */
export async function distort(honest: Answer, fault: Fault, path: string): Promise<Answer> {
  const { rewrite, descriptors, repeatLink, body } = fault;
  const lied = descriptors === undefined ? honest : await withDescriptors(honest, descriptors);
  return {
    ...lied,
    status: rewrite?.status ?? lied.status,
    headers: {
      ...lied.headers,
      ...(repeatLink && { link: `<${repeatLink === "same" ? path : furtherThan(path)}>; rel="next"` }),
      ...rewrite?.headers,
    },
    body: body === undefined ? lied.body : otherBytes(lied.body, body),
  };
}

/** The same page under a name that nobody has asked for yet. */
function furtherThan(path: string): string {
  const url = new URL(path, "http://relative");
  url.searchParams.set("further", String(Number(url.searchParams.get("further") ?? 0) + 1));
  return `${url.pathname}${url.search}`;
}

async function withDescriptors({ status, headers, body }: Answer, lie: DescriptorLie): Promise<Answer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body.read(0, body.size)) pieces.push(piece);
  const value: unknown = JSON.parse(Buffer.concat(pieces).toString());
  if (!isObject(value)) throw new Error("there are no descriptors in this answer");
  const changed = { ...value };
  for (const list of ["manifests", "layers"]) {
    const entries = value[list];
    if (Array.isArray(entries)) changed[list] = entries.map((entry) => ({ ...entry, ...lie }));
  }
  return answer(status, headers, JSON.stringify(changed));
}

function otherBytes(source: Source, how: NonNullable<Fault["body"]>): Source {
  if ("truncateTo" in how) return { size: Math.min(how.truncateTo, source.size), read: source.read.bind(source) };
  if ("padTo" in how) return padded(source, Math.max(how.padTo, source.size), how.with ?? 0);
  return flipped(source, how.flipByteAt);
}

function padded(source: Source, size: number, byte: number): Source {
  return {
    size,
    async *read(from, to) {
      yield* source.read(Math.min(from, source.size), Math.min(to, source.size));
      const fill = Buffer.alloc(1024 * 1024, byte);
      for (let left = to - Math.max(from, source.size); left > 0; left -= fill.length) yield fill.subarray(0, left);
    },
  };
}

function flipped(source: Source, byte: number): Source {
  return {
    size: source.size,
    async *read(from, to) {
      let at = from;
      for await (const piece of source.read(from, to)) {
        const copy = Uint8Array.from(piece);
        const there = copy[byte - at];
        if (there !== undefined) copy[byte - at] = there ^ 1;
        at += piece.length;
        yield copy;
      }
    },
  };
}
