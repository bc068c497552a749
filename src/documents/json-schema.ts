import * as z from "zod";

/** A schema as it is published: JSON Schema 2020-12 with identity and title first, the same for every run. */
export function publishedSchema(id: string, title: string, schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
  return { $schema, $id: id, title, ...rest };
}

/** Keys that a published schema allows at a path of the data; empty where any key is allowed, or none. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  let places = [schema];
  for (const step of path) places = places.flatMap((place) => inside(place, step));
  return [...new Set(places.flatMap(alternatives).flatMap((place) => Object.keys(record(place)["properties"] ?? {})))];
}

/** Paths at which a published schema has a key, with `<name>` where names are free. */
export function pathsOf(schema: unknown, key: string, above = ""): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return alternatives(schema).flatMap((place) => {
    const { properties, additionalProperties } = record(place);
    const below = Object.entries(record(properties)).flatMap(([name, child]) => [
      ...(name === key ? [`${above}${name}`] : []),
      ...pathsOf(child, key, `${above}${name}.`),
    ]);
    return [...below, ...pathsOf(additionalProperties, key, `${above}<name>.`)];
  });
}

function inside(schema: unknown, step: PropertyKey): unknown[] {
  return alternatives(schema).flatMap((place) => {
    const { properties, additionalProperties, items } = record(place);
    const child = typeof step === "number" ? items : (record(properties)[String(step)] ?? additionalProperties);
    return child === undefined || typeof child === "boolean" ? [] : [child];
  });
}

function alternatives(schema: unknown): unknown[] {
  const { oneOf, anyOf } = record(schema);
  const members = oneOf ?? anyOf;
  return Array.isArray(members) ? members : [schema];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
