import { isDigest, isName, isTag } from "./grammar.ts";
import { Problem } from "./problem.ts";

/** What a path asks for: distribution-spec 1.1, "Endpoints". */
export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: string }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "blob"; readonly name: string; readonly digest: string }
  | { readonly kind: "upload-start"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string };

/** @throws Problem NAME_INVALID, DIGEST_INVALID, MANIFEST_UNKNOWN, or 404 for no path of the specification */
export function route(pathname: string): Route {
  if (pathname === "/v2/" || pathname === "/v2") return { kind: "base" };
  const path = decoded(pathname);
  // A repository may be called "blobs" or "tags": the last of the words decides.
  const [, name = "", rest = ""] = /^\/v2\/(.+)\/((?:tags|referrers|manifests|blobs)\/.*)$/.exec(path) ?? [];
  const upload = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(path);
  if (upload) {
    const [, owner = "", id = ""] = upload;
    return id === "" ? { kind: "upload-start", name: named(owner) } : { kind: "upload", name: named(owner), id };
  }
  const [, kind, last = ""] = /^(tags|referrers|manifests|blobs)\/([^/]+)$/.exec(rest) ?? [];
  if (kind === "tags" && last === "list") return { kind: "tags", name: named(name) };
  if (kind === "referrers") return { kind: "referrers", name: named(name), digest: digested(last) };
  if (kind === "blobs") return { kind: "blob", name: named(name), digest: digested(last) };
  if (kind === "manifests") return { kind: "manifest", name: named(name), reference: referenced(last) };
  throw new Problem(404, "UNSUPPORTED", `there is nothing at ${pathname}`);
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new Problem(400, "NAME_INVALID", `${pathname} is no path`);
  }
}

function named(name: string): string {
  if (!isName(name)) throw new Problem(400, "NAME_INVALID", `${name} is no repository's name`);
  return name;
}

function digested(digest: string): string {
  if (!isDigest(digest)) throw new Problem(400, "DIGEST_INVALID", `${digest} is no digest`);
  return digest;
}

function referenced(reference: string): string {
  if (reference.includes(":")) return digested(reference);
  if (!isTag(reference)) throw new Problem(404, "MANIFEST_UNKNOWN", `${reference} is no tag`);
  return reference;
}
