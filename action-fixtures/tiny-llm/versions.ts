/** The releases of the model that exist. */
export const tinyLlmVersions = ["1.0.0", "1.1.0"] as const;
export type TinyLlmVersion = (typeof tinyLlmVersions)[number];
