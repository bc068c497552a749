import { admissionError } from "./errors.ts";

/**
 * A pattern of image repositories, without tag and digest: `*` is within a part of the path, `**` any number of parts.
 */
export interface ImageGlob {
  readonly text: string;
  /** For policy-controller, whose patterns meet the whole reference, digest and all. */
  readonly policyController: readonly string[];
  /** For Kyverno, whose `*` takes "/" as well: it covers what the pattern does and, below a single `*`, more. */
  readonly kyverno: readonly string[];
  /** True where Kyverno covers more. */
  readonly widened: boolean;
}

const host = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(?::\d{1,5})?$/;
const part = /^(?:[a-z0-9._-]|\*{1,2}(?!\*))+$/;
const dockerHub = /^(?:[a-z0-9-]+\.)*docker\.(?:io|com)$/;

/** @throws SlipwayError IMAGES_INVALID */
export function parseImageGlob(text: string): ImageGlob {
  const [registry = "", ...path] = text.split("/");
  if (!host.test(registry)) throw invalid(text, "it does not begin with the host of a registry");
  if (dockerHub.test(registry)) throw invalid(text, "Docker Hub has several names, which engines tell apart");
  if (path.length === 0) throw invalid(text, "it names no path below the registry");
  const wrong = path.find((name) => !part.test(name));
  if (wrong !== undefined) throw invalid(text, `"${wrong.slice(0, 40)}" is no part of a repository's path`);
  const open = text.endsWith("*");
  const whole = (pattern: string) => (open ? [pattern] : [`${pattern}:*`, `${pattern}@*`]);
  return {
    text,
    policyController: whole(text),
    kyverno: whole(text.replaceAll("**", "*")),
    widened: /(?<!\*)\*(?!\*)/.test(text),
  };
}

function invalid(text: string, why: string) {
  return admissionError("IMAGES_INVALID", `the images "${text.slice(0, 120)}" cannot be covered: ${why}`);
}
