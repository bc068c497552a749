/**
 * How files go to a registry.
 * - `auto`: as the registry is known, or found, to take them; what it can hardly have is hashed while it is sent
 * - `monolithic`: each in one request
 * - `chunked`: large ones in several requests, so that an upload that broke off goes on where it was
 * - `stream`: large ones read once, hashed while they are sent; what the registry has already is sent again
 */
export const uploadModes = ["auto", "monolithic", "chunked", "stream"] as const;

export type UploadMode = (typeof uploadModes)[number];
