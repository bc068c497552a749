import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseDuration, parseSize } from "../../src/contract/quantity.ts";
import { fixture } from "./fixture-contract.ts";
import { schemaFile, stepSchema } from "./step-schema.ts";

const schema = JSON.parse(schemaFile("x.json", stepSchema(fixture)).content.toString());
const accepts = (value: unknown): boolean => z.fromJSONSchema(schema).safeParse(value).success;
const inputs = { subject: "oci:x", key: "k.pem" };

describe("stepSchema", () => {
  test("is closed and says what is required", () => {
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema.properties.inputs.required).toEqual(["subject", "key"]);
    expect(Object.keys(schema.properties.inputs.properties)).toEqual(Object.keys(fixture.inputs));
    expect(Object.keys(schema.properties.outputs.properties)).toEqual(Object.keys(fixture.outputs));
  });

  test.each([
    [true, { inputs }],
    [
      true,
      {
        inputs: {
          ...inputs,
          speed: "fast",
          wash: "TRUE",
          weight: "1.5 GiB",
          patience: "1h30m",
          "chain-length": "-1e3",
        },
      },
    ],
    [true, { inputs: { ...inputs, speed: "", wash: "", weight: "", patience: "", "chain-length": "" } }],
    [true, { outputs: { "anchor-digest": `sha256:${"a".repeat(64)}`, clean: "true", depth: "12.5" } }],
    [true, { outputs: { "anchor-digest": "", clean: "", depth: "" } }],
    [false, { inputs: { subject: "oci:x" } }],
    [false, { inputs: { ...inputs, subject: "" } }],
    [false, { inputs: { ...inputs, speed: "loud" } }],
    [false, { inputs: { ...inputs, wash: "yes" } }],
    [false, { inputs: { ...inputs, weight: "4 gigs" } }],
    [false, { inputs: { ...inputs, patience: "5 minutes" } }],
    [false, { inputs: { ...inputs, "chain-length": "0x10" } }],
    [false, { inputs: { ...inputs, unknown: "x" } }],
    [false, { inputs: { ...inputs, wash: true } }],
    [false, { outputs: { "anchor-digest": "sha256:abc" } }],
    [false, { outputs: { depth: "deep" } }],
  ])("%s for %j", (expected, value) => {
    expect(accepts(value)).toBe(expected);
  });

  test.each(["1", "200MB", "1.5 GiB", "4TiB", "7kB", "4gb", "-1", "1..2GB", "GB"])(
    "takes %j for a size exactly when the step does",
    (weight) => {
      expect(accepts({ inputs: { ...inputs, weight } })).toBe(parseSize(weight) !== undefined);
    },
  );

  test.each(["90s", "5m", "1h30m", "250ms", "1.5d", "5", "m", "5 m"])(
    "takes %j for a duration exactly when the step does",
    (patience) => {
      expect(accepts({ inputs: { ...inputs, patience } })).toBe(parseDuration(patience) !== undefined);
    },
  );
});
