import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keysAt } from "../documents/json-schema.ts";
import { modelYamlJsonSchema } from "./model-schema.ts";
import { parseModelYaml } from "./model-yaml.ts";
import { modelYamlTemplate } from "./template.ts";

const facts = {
  name: "retina/seg",
  version: "0.1.0",
  owner: "team-vision@example.com",
  licence: "Apache-2.0",
  path: "dist/jetson",
  format: "tensorrt",
  precision: "int8",
};

function enableAll(template: string): string {
  return template.replace(/^#(?=[^ ]| {2,}[^ #])/gm, "");
}

describe("the model.yaml to start from", () => {
  it("says what it was given and nothing that is only an example", () => {
    expect(parseModelYaml(modelYamlTemplate(facts), "model.yaml")).toEqual({
      name: "retina/seg",
      version: "0.1.0",
      owner: "team-vision@example.com",
      modelCard: "README.md",
      licence: "Apache-2.0",
      variants: {
        default: {
          path: "dist/jetson",
          model: { format: "tensorrt", precision: "int8" },
          capabilities: [],
          deployment: { targets: ["workstation"] },
        },
      },
    });
  });

  it("shows every key that there is, and is right with all of them in force", () => {
    const declaration = parseModelYaml(enableAll(modelYamlTemplate(facts)), "model.yaml");
    const schema = modelYamlJsonSchema();
    const places: [unknown, string[]][] = [
      [declaration, []],
      [declaration.source, ["source"]],
      [declaration.provenance, ["provenance"]],
      [declaration.provenance?.dataset, ["provenance", "dataset"]],
      [declaration.variants["default"], ["variants", "default"]],
      [declaration.variants["default"]?.model, ["variants", "default", "model"]],
      [declaration.variants["default"]?.deployment, ["variants", "default", "deployment"]],
    ];
    for (const [value, path] of places) {
      expect(Object.keys(value ?? {}).sort(), path.join(".")).toEqual(keysAt(schema, path).sort());
    }
    expect(declaration.provenance?.hyperparameters).not.toEqual({});
    expect(declaration.variants["default"]?.deployment.runtimes).not.toEqual({});
  });

  it("explains every key in the line above it", () => {
    const lines = modelYamlTemplate(facts).split("\n");
    for (const [index, line] of lines.entries()) {
      if (!/^#? *[A-Za-z]+:/.test(line) || /^ *default:/.test(line)) continue;
      expect(lines[index - 1], line).toMatch(/^ *# \S.*\.$/);
    }
  });

  it("holds any fact as it was given", () => {
    const tricky = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "null",
        "true",
        "No",
        "1.10",
        "0x1F",
        "1e3",
        "- a",
        "a: b",
        "a #b",
        '"',
        "'",
        "\\",
        "{{ x }}",
        ".inf",
      ),
    );
    fc.assert(
      fc.property(tricky, tricky, (owner, path) => {
        const text = modelYamlTemplate({ ...facts, owner, path });
        try {
          const declaration = parseModelYaml(text, "model.yaml");
          expect(declaration.owner).toBe(owner);
          expect(declaration.variants["default"]?.path).toBe(path);
        } catch (error) {
          // A fact that no model.yaml may hold is named at its own place; the template stays well-formed.
          expect(error).toMatchObject({
            code: expect.stringMatching(/^MODEL_YAML_(INVALID|UNSUPPORTED)$/),
            message: expect.stringMatching(/owner|variants\.default\.path|surrogate/),
          });
        }
      }),
    );
  });
});
