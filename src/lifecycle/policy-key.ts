const pem = /^\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

/** Why a text is not one public key in PEM, to stand after its name; never quotes it, it may be a private one. */
export function publicKeyProblem(text: string): string | undefined {
  if (/PRIVATE KEY/.test(text)) return "holds a private key; a policy is public, replace the key at once";
  if (pem.test(text)) return undefined;
  const blocks = text.match(/-----BEGIN /g)?.length ?? 0;
  return blocks > 1 ? `holds ${blocks} PEM blocks instead of one public key` : "is not a public key in PEM";
}

/** Equal for two texts of the same key, however they are broken into lines. */
export function keyBody(text: string): string {
  return pem.exec(text)?.[1]?.replace(/\s+/g, "") ?? text;
}
