import type { CertifiedIdentity, Claims } from "./certified-identity.ts";

/**
 * Who is meant: issuer and subject, and what else the certificate must say. Each text is compared as a whole; a `*` in
 * it stands for any run of characters but "/", so that no pattern reaches beyond one part of a path.
 */
export interface IdentityPattern {
  /** Never a pattern: whoever could choose the issuer could be anybody. */
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Partial<Record<keyof Claims, string>>>;
}

/** Whether an identity is one that a pattern means. */
export function isMeant(pattern: IdentityPattern, { issuer, subject, claims }: CertifiedIdentity): boolean {
  if (issuer !== pattern.issuer || !matches(pattern.subject, subject)) return false;
  return claimNames.every((name) => {
    const wanted = pattern.claims[name];
    const said = claims[name];
    return wanted === undefined || (said !== undefined && matches(wanted, said));
  });
}

const claimNames = [
  "repository",
  "ref",
  "commit",
  "workflow",
  "environment",
  "trigger",
  "runner",
  "run",
] as const satisfies readonly (keyof Claims)[];

/**
 * Whether a text is one that a pattern means, from end to end. Without regular expressions: each part between two
 * stars is looked for once, so that no pattern takes long.
 */
export function matches(pattern: string, text: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  const last = parts.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || text.slice(at, found).includes("/")) return false;
    at = found + part.length;
  }
  return (
    text.length - last.length >= at && text.endsWith(last) && !text.slice(at, text.length - last.length).includes("/")
  );
}
