/**
 * The regular expression that accepts exactly what a pattern of an identity means: `*` is any run of characters
 * without "/", everything else is itself, from the first character to the last.
 *
 * Understood alike by JavaScript and by Go's RE2, which is what the engines use and does not anchor by itself.
 */
export function patternExpression(pattern: string): string {
  const literal = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  return `^${pattern.split("*").map(literal).join("[^/]*")}$`;
}

/** Names of a certificate as engines ask for them: as they are, or as an expression. */
interface IdentityMatch {
  readonly issuer?: string;
  readonly issuerRegExp?: string;
  readonly subject?: string;
  readonly subjectRegExp?: string;
}

/** What an engine is told of an issuer and a subject. */
export function identityMatch({ issuer, subject }: { readonly issuer: string; readonly subject: string }) {
  const match: IdentityMatch = {
    ...(isPlain(issuer) ? { issuer } : { issuerRegExp: patternExpression(issuer) }),
    ...(isPlain(subject) ? { subject } : { subjectRegExp: patternExpression(subject) }),
  };
  return match;
}

/** Kyverno takes "?" for a wildcard and replaces `{{…}}` and `$(…)` in a text; escaped, neither is there any more. */
function isPlain(text: string): boolean {
  return /^[A-Za-z0-9:/@._+=,~-]+$/.test(text);
}
