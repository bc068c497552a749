import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { registries } from "../../interop/support/registries.ts";

export type RegistryKind = keyof typeof registries;

/** Lends a registry that has nothing yet, with its storage in the work directory, which it leaves as it was. */
export async function withRegistry(
  work: string,
  kind: RegistryKind,
  use: (host: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(work, "registry-"));
  try {
    await using registry = await registries[kind](directory);
    await use(registry.host);
  } finally {
    await rm(directory, { recursive: true });
  }
}
