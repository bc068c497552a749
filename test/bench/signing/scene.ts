import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { registries } from "../../interop/support/registries.ts";
import { RegistryScene } from "../../interop/support/registry-scene.ts";
import { writeKeyPair } from "../../support/key-pair.ts";
import type { RegistryKind } from "../oci/with-registry.ts";

/** How many statements the release has besides its signature, each of a type of its own. */
export const statements = 20;

/** The predicate type of one of them. */
export function typeOf(number: number): string {
  return `https://example.com/check-${number}/v1`;
}

/** File with the predicate of a number. */
export function predicateOf(number: number): string {
  return `predicates/${number}.json`;
}

/** Where the release lies that has everything. */
export const repository = "bench/whole";

/**
 * A registry with one release that is signed and attested in both storages. `key` signs, and is the policy's builder; the
 * policy trusts three more. cosign has the same key, and predicates are there for one statement more.
 *
 * @returns the release's digest, too
 */
export async function openSigningScene(kind: RegistryKind): Promise<{ scene: RegistryScene; subject: string }> {
  const scene = await RegistryScene.open(registries[kind]);
  const { work } = scene;
  const others = ["evaluator", "mlops-engineer", "platform-lead"];
  for (const name of others) await writeKeyPair(join(work, name));
  await writePolicy(work, [["builder", "key"], ...others.map((name) => [name, name] as const)]);
  await writePredicates(work);
  await scene.tool("cosign", "import-key-pair", "--key", "key.pem", "--output-key-prefix", "cosign", "--yes");
  const { reference, subject } = await scene.release(repository);
  await scene.sign(reference);
  for (let number = 1; number <= statements; number += 1) {
    await scene.slipway("attest", reference, ...stating(number), "--key", "key.pem");
  }
  return { scene, subject };
}

/** Arguments of `attest` for the statement of a number. */
export function stating(number: number): readonly string[] {
  return ["--type", "custom", "--predicate-type", typeOf(number), "--predicate", predicateOf(number)];
}

/** Of the size of a test result with some metrics. */
async function writePredicates(work: string): Promise<void> {
  await mkdir(join(work, "predicates"));
  for (let number = 1; number <= statements + 1; number += 1) {
    const metrics = Array.from({ length: 20 }, (_, metric) => ({ name: `metric-${metric}`, value: metric / number }));
    await writeFile(join(work, predicateOf(number)), JSON.stringify({ number, metrics }));
  }
}

/** A policy with the built-in gates and no ledger. @param roles each with the name of its holder's key */
async function writePolicy(work: string, roles: readonly (readonly [string, string])[]): Promise<void> {
  const written = await Promise.all(
    roles.map(async ([role, key]) => {
      const pem = (await readFile(join(work, `${key}.pub`), "utf8")).trimEnd().replaceAll("\n", "\n        ");
      return `  ${role}:\n    - name: ${key}\n      key: |\n        ${pem}\n`;
    }),
  );
  await writeFile(join(work, "release-policy.yaml"), `roles:\n${written.join("")}`);
}
