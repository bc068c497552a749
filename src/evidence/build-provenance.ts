import type { Material } from "./material.ts";
import type { Run } from "./predicates/parts.ts";
import type { Provenance } from "./predicates/provenance.ts";

/** What was done, by whom, and from what. */
export interface ProvenanceFacts {
  /** What the parameters mean: `urn:slipway:buildtype:<kind>:v1`. */
  readonly kind: "import" | "build" | "package";
  /** URI of the workflow that ran. */
  readonly builder: string;
  readonly invocation: Run;
  /** What somebody outside of the builder chose. */
  readonly externalParameters: Readonly<Record<string, unknown>>;
  readonly internalParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly materials: readonly Material[];
  readonly byproducts?: readonly Material[] | undefined;
  /** Undefined when it is not known. */
  readonly startedOn?: Date | undefined;
  readonly finishedOn?: Date | undefined;
}

/**
 * SLSA provenance v1. The same facts in whatever order give the same bytes: names and materials are sorted, a material
 * that is given twice stands once, and members that are undefined are left out.
 */
export function buildProvenance(facts: ProvenanceFacts): Provenance {
  const { kind, builder, invocation, internalParameters, byproducts } = facts;
  return {
    buildDefinition: {
      buildType: `urn:slipway:buildtype:${kind}:v1`,
      externalParameters: inOrder(facts.externalParameters),
      ...(internalParameters === undefined ? {} : { internalParameters: inOrder(internalParameters) }),
      resolvedDependencies: sortedMaterials(facts.materials),
    },
    runDetails: {
      builder: { id: builder },
      metadata: {
        invocationId: invocation.url ?? `${invocation.id}/${invocation.attempt}`,
        ...(facts.startedOn === undefined ? {} : { startedOn: facts.startedOn.toISOString() }),
        ...(facts.finishedOn === undefined ? {} : { finishedOn: facts.finishedOn.toISOString() }),
      },
      ...(byproducts === undefined ? {} : { byproducts: sortedMaterials(byproducts) }),
    },
  };
}

function sortedMaterials(materials: readonly Material[]) {
  const byKey = new Map(
    materials.map(({ name, uri, digest }) => {
      const material = {
        ...(name === undefined ? {} : { name }),
        ...(uri === undefined ? {} : { uri }),
        ...(digest === undefined ? {} : { digest: texts(digest) }),
      };
      return [JSON.stringify([uri ?? "", name ?? "", material.digest ?? {}]), material];
    }),
  );
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, material]) => material);
}

function texts(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(members).toSorted(byName));
}

function inOrder(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .toSorted(byName)
      .map(([name, value]) => [name, ordered(value)]),
  );
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  return typeof value === "object" && value !== null ? inOrder({ ...value }) : value;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
