/** Repository path of the distribution specification 1.1, "Pulling manifests", `<name>`. */
const modelNamePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

export const modelName = { pattern: modelNamePattern, maxLength: 200 } as const;
export const variantName = { pattern: /^[a-z0-9]{1,32}$/, maxLength: 32 } as const;
/** A capability becomes a tag, alone and before a variant; 64 characters leave room for both. */
export const capabilityName = { pattern: /^[a-z0-9][a-z0-9.-]*$/, maxLength: 64 } as const;
/** A check becomes part of a tag; see `evidenceTag`. */
const checkName = { pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/, maxLength: 24 } as const;

export function isModelName(text: string): boolean {
  return text.length <= modelName.maxLength && modelName.pattern.test(text);
}

export function isVariantName(text: string): boolean {
  return variantName.pattern.test(text);
}

export function isCapability(text: string): boolean {
  return text.length <= capabilityName.maxLength && capabilityName.pattern.test(text);
}

export function isCheckName(text: string): boolean {
  return text.length <= checkName.maxLength && checkName.pattern.test(text);
}
