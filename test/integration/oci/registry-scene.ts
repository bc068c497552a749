import { createHash } from "node:crypto";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { ContentPool, identityOf } from "../../../src/content/index.ts";
import type { WritableStore } from "../../../src/oci/index.ts";
import { openRegistry } from "../../../src/oci/registry/index.ts";
import { TestRegistry } from "../../registry/index.ts";
import type { RegistryOptions } from "../../registry/options.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

/** The repository that all scenes use. */
export const repository = "group/model";
export const password = "a-secret";

/** Patience of a test: as often as in life, and hardly any time between. */
const quick = { retries: 4, pause: 1, longestPause: 5 };

/** A registry, a file to send, and the project's client. */
export interface Scene extends AsyncDisposable {
  readonly registry: TestRegistry;
  /** The path of a file with `weights`. */
  readonly file: string;
  /** An empty directory that transfers go into. */
  readonly target: string;
  /** The registry as a store, as a new process would open it: it remembers nothing. */
  open(): Promise<WritableStore>;
}

/** 200 kB that compress badly, so that no piece of them is like another. */
export const weights: Uint8Array = Buffer.concat(
  Array.from({ length: 6250 }, (_, index) => createHash("sha256").update(String(index)).digest()),
);

/** Builds a scene whose client has the credentials of `writer`, if the registry wants any. */
export async function registryScene(options: RegistryOptions): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory());
  const registry = stack.use(await TestRegistry.start(options));
  const pool = stack.use(new ContentPool({ signal: new AbortController().signal, threads: 1 }));
  const [file, target] = [directory.at("weights"), directory.at("target")];
  await mkdir(target);
  await writeFile(file, weights);
  const auth = Buffer.from(`writer:${password}`).toString("base64");
  const credentials = directory.at("auth.json");
  await writeFile(credentials, JSON.stringify({ auths: { [registry.host]: { auth } } }), { mode: 0o600 });
  const kept = process.env["REGISTRY_AUTH_FILE"];
  process.env["REGISTRY_AUTH_FILE"] = credentials;
  stack.defer(() => {
    if (kept === undefined) delete process.env["REGISTRY_AUTH_FILE"];
    else process.env["REGISTRY_AUTH_FILE"] = kept;
  });
  const { signal } = new AbortController();
  return {
    registry,
    file,
    target,
    open: () => openRegistry(referenceTo(registry.host), { pool, signal, persistence: quick }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function referenceTo(host: string) {
  return { kind: "registry", host, path: repository, tag: undefined, digest: undefined } as const;
}

/** A file as `pushFile` wants it. */
export async function sourceOf(path: string) {
  return { path, identity: identityOf(await stat(path, { bigint: true })) };
}
