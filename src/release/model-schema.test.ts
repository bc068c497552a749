import { describe, expect, it } from "vitest";
import { modelYamlJsonSchema } from "./model-schema.ts";

describe("the published schema of model.yaml", () => {
  const schema = modelYamlJsonSchema();

  it("has its identity first and names what must be there", () => {
    expect(Object.keys(schema).slice(0, 3)).toEqual(["$schema", "$id", "title"]);
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "urn:slipway:schema:model:v1",
      title: "model.yaml",
      type: "object",
      additionalProperties: false,
      required: ["name", "version", "owner", "modelCard", "licence", "variants"],
    });
  });

  it("is the same text every time", () => {
    expect(JSON.stringify(modelYamlJsonSchema())).toBe(JSON.stringify(schema));
  });

  it("describes every key and closes every mapping", () => {
    const undescribed: string[] = [];
    const open: string[] = [];
    visit(schema, "", (place, path) => {
      for (const [key, child] of Object.entries(mapping(place["properties"]))) {
        const { description } = mapping(child);
        if (typeof description !== "string" || !/^[A-Z].*\.$/.test(description)) undescribed.push(`${path}.${key}`);
      }
      if (place["properties"] !== undefined && place["additionalProperties"] !== false) open.push(path);
    });
    expect(undescribed).toEqual([]);
    expect(open).toEqual([]);
  });

  it("says what the error texts say: limits, forms and repetitions", () => {
    const { properties } = schema;
    expect(properties).toMatchObject({
      name: { type: "string", maxLength: 200, pattern: expect.stringMatching(/^\^\[a-z0-9\]/) },
      version: { type: "string", maxLength: 40, pattern: expect.any(String) },
      variants: {
        minProperties: 1,
        propertyNames: { pattern: "^[a-z0-9]{1,32}$" },
        additionalProperties: {
          required: ["path", "model", "capabilities", "deployment"],
          properties: {
            model: { properties: { inputShape: { minItems: 1, items: { minimum: -1, not: { const: 0 } } } } },
            capabilities: { uniqueItems: true, items: { maxLength: 64 } },
            deployment: { properties: { targets: { minItems: 1, uniqueItems: true } } },
          },
        },
      },
      provenance: { properties: { trainedAt: { format: "date-time" } } },
    });
  });
});

function visit(schema: unknown, path: string, see: (place: Record<string, unknown>, path: string) => void): void {
  const place = mapping(schema);
  if (Object.keys(place).length === 0) return;
  see(place, path);
  for (const [key, child] of Object.entries(mapping(place["properties"]))) visit(child, `${path}.${key}`, see);
  visit(place["additionalProperties"], `${path}.*`, see);
  visit(place["items"], `${path}[]`, see);
  for (const member of [place["oneOf"], place["anyOf"]].flat()) visit(member, path, see);
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
