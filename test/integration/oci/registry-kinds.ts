import type { Authentication } from "../../registry/authentication.ts";
import type { RegistryOptions } from "../../registry/options.ts";
import { profiles } from "../../registry/profiles/index.ts";
import { password } from "./registry-scene.ts";

const users = { writer: { password, may: ["pull", "push", "delete"] } } as const;
const bearer: Authentication = { kind: "bearer", users };

/** What `npm test` tries each fault on; the slow interop suite tries it on all kinds. */
const few = ["the specification", "GHCR", "distribution", "tokens from elsewhere", "no ranges, no lengths"];

const kinds: readonly (readonly [string, RegistryOptions])[] = [
  ["the specification", {}],
  ...Object.entries(profiles),
  ["Basic credentials", { authentication: { kind: "basic", users } }],
  ["tokens", { authentication: bearer, uploads: { singlePost: 202 } }],
  ["tokens from elsewhere", { authentication: { ...bearer, realm: "elsewhere" }, blobs: { redirects: "all" } }],
  ["tokens, redirects of uploads", { authentication: bearer, uploads: { location: "redirected" } }],
  ["tokens, uploads that lie elsewhere", { authentication: bearer, uploads: { location: "elsewhere" } }],
  ["no ranges, no lengths", { blobs: { ranges: false, headLength: false, redirects: "none" } }],
  ["no PATCH", { uploads: { patch: 405, singlePost: 202 } }],
  ["PATCH that loses what was torn", { uploads: { torn: "dropped" } }],
  ["long chunks", { limits: { chunkBytes: 64 * 1024 * 1024 } }],
  ["short chunks only", { limits: { patchBytes: 50_000 } }],
];

/**
 * The registries that transfers are tried against: one that follows the specification, the known kinds, and what the
 * specification leaves open. Limits are the real ones: what is sent here is small.
 */
export const registryKinds = kinds.filter(
  ([name]) => process.env["SLIPWAY_TESTS"] === "thorough" || few.includes(name),
);
