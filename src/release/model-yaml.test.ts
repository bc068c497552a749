import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlipwayError } from "../errors/index.ts";
import { maxModelYamlBytes, parseModelYaml, withVersion } from "./model-yaml.ts";

const plain = `name: retina/seg
version: 2.4.1
owner: vision@example.com
modelCard: README.md
licence: Apache-2.0
variants:
  jetson:
    path: dist/jetson
    model:
      format: tensorrt
      precision: int8
    capabilities: [cv3, int8]
    deployment:
      targets: [orin]
`;

/** The plain file with one text in it replaced; the text must be there. */
function changed(from: string, to: string): string {
  expect(plain).toContain(from);
  return plain.replace(from, () => to);
}

function thrownBy(text: string, file = "model.yaml"): SlipwayError {
  try {
    parseModelYaml(text, file);
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  throw new Error(`this was accepted: ${text.slice(0, 500)}`);
}

/** `line:column: text` of every problem. */
function problems(text: string): string[] {
  const { message, details } = thrownBy(text);
  return (details.length === 0 ? [message] : details).map((line) => line.replace(/^model\.yaml:/, ""));
}

const declaration = {
  name: "retina/seg",
  version: "2.4.1",
  owner: "vision@example.com",
  modelCard: "README.md",
  licence: "Apache-2.0",
  variants: {
    jetson: {
      path: "dist/jetson",
      model: { format: "tensorrt", precision: "int8" },
      capabilities: ["cv3", "int8"],
      deployment: { targets: ["orin"] },
    },
  },
};

describe("a model.yaml that is right", () => {
  it("is read", () => {
    expect(parseModelYaml(plain, "model.yaml")).toEqual(declaration);
  });

  it("is read with a byte order mark, with CRLF, as JSON, with comments, document marks and YAML's own tags", () => {
    for (const text of [
      `\ufeff${plain}`,
      plain.replaceAll("\n", "\r\n"),
      JSON.stringify(declaration),
      `%YAML 1.2\n--- # a release\n${plain}...\n`,
      changed("version: 2.4.1", "version: !!str 2.4.1 # semantic"),
    ]) {
      expect(parseModelYaml(text, "model.yaml")).toEqual(declaration);
    }
  });

  it("may repeat values by aliases", () => {
    const text = changed(
      "variants:\n",
      "variants:\n  dgx: &all {path: x, model: &m {format: onnx, precision: fp16}, capabilities: [], deployment: {targets: [a]}}\n  cpu: {path: y, model: *m, capabilities: [], deployment: {targets: [b]}}\n",
    );
    const { variants } = parseModelYaml(text, "model.yaml");
    expect(variants["cpu"]?.model).toEqual({ format: "onnx", precision: "fp16" });
  });

  it.each([
    ["path: dist/jetson", "path: ."],
    ["path: dist/jetson", "path: ./dist/jetson/"],
    ["path: dist/jetson", "path: dist/..jetson/größe"],
    ["modelCard: README.md", "modelCard: ./docs/card.md"],
    ["version: 2.4.1", "version: 2.5.0-rc.1"],
    ["name: retina/seg", "name: a.b/c_d/e__f/g--h/0"],
    ["precision: int8", "precision: int8\n      inputShape: [-1, 3]\n      vramGB: 0\n      latencyMs: 0.5"],
    ["targets: [orin]", 'targets: [orin]\n      runtimes: {vllm: ">=0.9 <2 || ^3.1.0-rc.1", tensorrt-llm: "1.x"}'],
    ["variants:", "provenance: {}\nvariants:"],
    ["variants:", "provenance: {trainedAt: 2024-02-29T23:59:59.123+02:00}\nvariants:"],
    ["variants:", "provenance: {codeRepository: ssh://git@example.com/a}\nvariants:"],
    ["variants:", "provenance: {hyperparameters: {constructor: 1, toString: a, 'null': true}}\nvariants:"],
    ["variants:", "source: {kind: directory, path: checkpoints/best}\nvariants:"],
    ["variants:", "description: |\n  Two\n  lines.\nvariants:"],
  ])("may have %j as %j", (from, to) => {
    expect(() => parseModelYaml(changed(from, to), "model.yaml")).not.toThrow();
  });
});

describe("a value that is wrong is named with line and column", () => {
  it.each([
    [
      "name: retina/seg",
      "name: Retina/Seg",
      '1:7: name must be a name such as "retina/seg": lower-case letters and digits, joined by ".", "_", "-" or "/"; found "Retina/Seg"',
    ],
    [
      "name: retina/seg",
      "name: 12",
      '1:7: name must be a name such as "retina/seg": lower-case letters and digits, joined by ".", "_", "-" or "/"; found the number 12: write it in quotes, "12"',
    ],
    [
      "name: retina/seg",
      `name: ${"a".repeat(201)}`,
      `1:7: name must be a name such as "retina/seg": lower-case letters and digits, joined by ".", "_", "-" or "/", at most 200 characters; found 201 characters, "${"a".repeat(59)}…"`,
    ],
    [
      "version: 2.4.1",
      "version: 1.10",
      '2:10: version must be a semantic version such as "2.4.1"; found the number 1.10: write it in quotes, "1.10.0"',
    ],
    [
      "version: 2.4.1",
      "version: 2",
      '2:10: version must be a semantic version such as "2.4.1"; found the number 2: write it in quotes, "2.0.0"',
    ],
    [
      "version: 2.4.1",
      "version: 1e3",
      '2:10: version must be a semantic version such as "2.4.1"; found the number 1e3: write it in quotes, "1e3"',
    ],
    ["version: 2.4.1", 'version: "2.4"', '2:10: version "2.4" does not have three numbers; write "2.4.0"'],
    ["version: 2.4.1", "version: v2.4.1", '2:10: version "v2.4.1" starts with "v"; write "2.4.1"'],
    [
      "version: 2.4.1",
      "version: 2.4.1+cu12",
      '2:10: version "2.4.1+cu12" has build metadata, and a tag cannot hold "+"; write "2.4.1"',
    ],
    ["version: 2.4.1", "version: [2, 4, 1]", '2:10: version must be a semantic version such as "2.4.1"; found a list'],
    [
      "owner: vision@example.com",
      "owner:",
      "3:1: owner has no value; it must be the team or person to turn to, such as team-vision@example.com",
    ],
    [
      "owner: vision@example.com",
      "owner: ~",
      "3:1: owner has no value; it must be the team or person to turn to, such as team-vision@example.com",
    ],
    [
      "owner: vision@example.com",
      'owner: ""',
      "3:8: owner must be the team or person to turn to, such as team-vision@example.com; found empty text",
    ],
    ["owner: vision@example.com", 'owner: " "', "3:8: owner starts or ends with a blank"],
    ["owner: vision@example.com", "owner: |\n  a\n  b", "3:8: owner has more than one line"],
    ["owner: vision@example.com", 'owner: "a\\tb"', "3:8: owner holds a control character"],
    [
      "owner: vision@example.com",
      "owner: true",
      "3:8: owner must be the team or person to turn to, such as team-vision@example.com; found true",
    ],
    [
      "owner: vision@example.com",
      "owner: {team: a}",
      "3:8: owner must be the team or person to turn to, such as team-vision@example.com; found a mapping",
    ],
    [
      "modelCard: README.md",
      "modelCard: /etc/passwd",
      '4:12: modelCard is absolute; write it relative to this file, with "/" and without ".."',
    ],
    [
      "modelCard: README.md",
      "modelCard: ../README.md",
      '4:12: modelCard holds the component ".."; write it relative to this file, with "/" and without ".."',
    ],
    [
      "licence: Apache-2.0",
      "licence: Apache 2.0",
      '5:10: licence "Apache 2.0" is not an SPDX licence expression; write one such as "Apache-2.0", "MIT OR Apache-2.0" or "LicenseRef-own"',
    ],
    ["variants:", "description: ''\nvariants:", "6:14: description must be text that is not empty; found empty text"],
    ["variants:", "source: here\nvariants:", '6:9: source must be a mapping with kind and path; found "here"'],
    [
      "variants:",
      "source: {kind: mlflow, path: x}\nvariants:",
      '6:16: source.kind must be "directory"; found "mlflow"',
    ],
    ["variants:", "source: {path: x}\nvariants:", '6:9: source.kind is missing; it must be "directory"'],
    [
      "variants:",
      "source: {kind: directory}\nvariants:",
      "6:9: source.path is missing; it must be the path of a directory",
    ],
    [
      "  jetson:",
      "  Jetson-Orin:",
      '7:3: the name "Jetson-Orin" in variants must be 1 to 32 lower-case letters and digits',
    ],
    [
      "path: dist/jetson",
      "path: a/../../b",
      '8:11: variants.jetson.path holds the component ".."; write it relative to this file, with "/" and without ".."',
    ],
    ["path: dist/jetson", "path: C:/models", "8:11: variants.jetson.path is absolute; write it relative to this file"],
    [
      "path: dist/jetson",
      "path: dist\\jetson",
      '8:11: variants.jetson.path holds a backslash, which separates directories on other systems; write it relative to this file, with "/" and without ".."',
    ],
    [
      "path: dist/jetson",
      "path: ''",
      '8:11: variants.jetson.path is empty; write it relative to this file, with "/" and without ".."',
    ],
    [
      "format: tensorrt",
      "format: ONNX",
      '10:15: variants.jetson.model.format must be the format of the model in lower case, such as "tensorrt", "onnx" or "safetensors"; found "ONNX"',
    ],
    [
      "precision: int8",
      "precision: 8",
      '11:18: variants.jetson.model.precision must be the precision of the weights in lower case, such as "int8", "fp16" or "bf16"; found the number 8: write it in quotes, "8"',
    ],
    [
      "precision: int8",
      "precision: int8\n      inputShape: [1, 0]",
      "12:23: variants.jetson.model.inputShape[1] must be a positive whole number, or -1 for a dimension that is known only at run time; found the number 0",
    ],
    [
      "precision: int8",
      "precision: int8\n      inputShape: []",
      "12:19: variants.jetson.model.inputShape must be a list of dimensions, such as [1, 3, 512, 512]; found a list",
    ],
    [
      "precision: int8",
      "precision: int8\n      vramGB: .inf",
      "12:15: variants.jetson.model.vramGB must be a number of gigabytes, 0 or more; found the number .inf",
    ],
    [
      "precision: int8",
      "precision: int8\n      latencyMs: 0",
      "12:18: variants.jetson.model.latencyMs must be a number of milliseconds above 0; found the number 0",
    ],
    ["[cv3, int8]", "[cv3, int8, cv3]", '12:31: variants.jetson.capabilities[2] repeats "cv3"'],
    [
      "[cv3, int8]",
      "[vram:8gb]",
      '12:20: variants.jetson.capabilities[0] must be a capability such as "cv3" or "int8": lower-case letters, digits, "." and "-"; found "vram:8gb"',
    ],
    [
      "[cv3, int8]",
      "cv3",
      '12:19: variants.jetson.capabilities must be a list of capabilities, such as [cv3, int8]; found "cv3"',
    ],
    [
      "[orin]",
      "[]",
      "14:16: variants.jetson.deployment.targets must be a list of at least one target, such as [jetson-orin-nx]; found a list",
    ],
    [
      "targets: [orin]",
      "targets: [orin]\n      minCudaVersion: 12.0",
      '15:23: variants.jetson.deployment.minCudaVersion must be a version in quotes, such as "12.0"; found the number 12.0: write it in quotes, "12.0"',
    ],
    [
      "targets: [orin]",
      "targets: [orin]\n      platform: arm64",
      '15:17: variants.jetson.deployment.platform must be an operating system and an architecture, such as "linux/arm64"; found "arm64"',
    ],
    [
      "targets: [orin]",
      "targets: [orin]\n      runtimes: {vllm: newest}",
      '15:24: variants.jetson.deployment.runtimes.vllm "newest" is no version range; write one such as ">=0.9"',
    ],
    [
      "targets: [orin]",
      'targets: [orin]\n      runtimes: {vllm: ""}',
      '15:24: variants.jetson.deployment.runtimes.vllm must be a version range, such as ">=0.9"; found empty text',
    ],
    [
      "targets: [orin]",
      "targets: [orin]\n      runtimes: {vLLM: '*'}",
      '15:18: the name "vLLM" in variants.jetson.deployment.runtimes must be the name of a runtime, such as "vllm"',
    ],
    [
      "variants:",
      "provenance: {trainedAt: 2025-10-20}\nvariants:",
      '6:25: provenance.trainedAt must be a time as RFC 3339 writes it, such as 2025-10-20T12:00:00Z; found "2025-10-20"',
    ],
    [
      "variants:",
      "provenance: {trainedAt: 2025-02-29T12:00:00Z}\nvariants:",
      "6:25: provenance.trainedAt names a day that does not exist, 2025-02-29",
    ],
    [
      "variants:",
      "provenance: {codeCommit: 8f4b7f8}\nvariants:",
      '6:26: provenance.codeCommit must be a full commit, 40 or 64 hexadecimal digits as `git rev-parse HEAD` prints it; found "8f4b7f8"',
    ],
    [
      "variants:",
      "provenance: {dataset: retina}\nvariants:",
      '6:23: provenance.dataset must be a mapping with the data set\'s name and version; found "retina"',
    ],
    [
      "variants:",
      "provenance: {dataset: {version: 3}}\nvariants:",
      '6:23: provenance.dataset.name is missing; it must be the name of a data set, such as "retina-v3"',
    ],
    [
      "variants:",
      "provenance: {hyperparameters: {a: [1]}}\nvariants:",
      "6:35: provenance.hyperparameters.a must be text, a number, true or false; found a list",
    ],
    [
      "variants:",
      "provenance: {hyperparameters: {seed: 12345678901234567890}}\nvariants:",
      "6:38: provenance.hyperparameters.seed must be text, a number, true or false; found the number 12345678901234567890, which is too large to be kept exactly",
    ],
  ])("%j as %j", (from, to, problem) => {
    const error = thrownBy(changed(from, to));
    // A value that is missing beside the wrong one would be a second problem.
    expect(problems(changed(from, to))[0]).toBe(problem);
    expect(error).toMatchObject({ family: "configuration", code: "MODEL_YAML_INVALID" });
  });

  it.each(["name", "version", "owner", "modelCard", "licence"])(
    "%s missing is said at the mapping that lacks it",
    (key) => {
      const text = `# a comment\n${plain.replace(new RegExp(`^${key}:.*\\n`, "m"), "")}`;
      expect(problems(text)).toEqual([expect.stringMatching(new RegExp(`^2:1: ${key} is missing; it must be `))]);
    },
  );

  it.each([
    ["    path: dist/jetson\n", "8:5: variants.jetson.path is missing"],
    ["      format: tensorrt\n", "10:7: variants.jetson.model.format is missing"],
    ["    capabilities: [cv3, int8]\n", "8:5: variants.jetson.capabilities is missing"],
    ["      format: tensorrt\n      precision: int8\n", "9:5: variants.jetson.model has no value"],
  ])("%j missing is said at the mapping that lacks it", (line, problem) => {
    expect(problems(changed(line, ""))).toEqual([expect.stringContaining(`${problem}; it must be `)]);
  });

  it("credentials in what is published are refused and not repeated", () => {
    for (const place of [
      "https://bob:hunter2@git.example.com/seg",
      "https://hunter2@git.example.com/seg",
      "s3://key:hunter2@bucket/data",
      "  https://bob:hunter2@git.example.com/seg\\n",
    ]) {
      const error = thrownBy(changed("variants:", `provenance: {codeRepository: "${place}"}\nvariants:`));
      expect(error.message).toMatch(/^model\.yaml:6:30: provenance\.codeRepository /);
      expect([error.message, ...error.details, error.remedy].join()).not.toContain("hunter2");
    }
  });
});

describe("a key that is unknown", () => {
  it.each([
    ["licence: Apache-2.0", "license: Apache-2.0", '5:1: unknown key "license"; did you mean "licence"?'],
    ["modelCard: README.md", "model_card: README.md", '4:1: unknown key "model_card"; did you mean "modelCard"?'],
    ["owner: vision@example.com", "Owner: vision@example.com", '3:1: unknown key "Owner"; did you mean "owner"?'],
    ["variants:", "nmae: x\nvariants:", '6:1: unknown key "nmae"; did you mean "name"?'],
    ["variants:", "trainingRun: x\nvariants:", '6:1: unknown key "trainingRun"; it belongs to provenance.trainingRun'],
    ["variants:", "path: x\nvariants:", '6:1: unknown key "path"; it belongs to source.path or variants.<name>.path'],
    [
      "variants:",
      "evaluation: {}\nvariants:",
      '6:1: unknown key "evaluation"; known keys are name, version, owner, modelCard, licence, description, source, provenance, variants',
    ],
    [
      "variants:",
      "source: {kind: directory, path: x, revision: y}\nvariants:",
      '6:36: unknown key "revision" in source; known keys are kind, path',
    ],
    [
      "format: tensorrt",
      "fromat: tensorrt",
      '10:7: unknown key "fromat" in variants.jetson.model; did you mean "format"?',
    ],
    [
      "path: dist/jetson",
      "path: dist/jetson\n    targets: [orin]",
      '9:5: unknown key "targets" in variants.jetson; it belongs to variants.<name>.deployment.targets',
    ],
    [
      "variants:",
      "provenance: {dataset: {name: a, verson: b}}\nvariants:",
      '6:33: unknown key "verson" in provenance.dataset; did you mean "version"?',
    ],
    [
      "variants:",
      `${"k".repeat(100)}: x\nvariants:`,
      `6:1: unknown key "${"k".repeat(59)}…"; known keys are name, version, owner, modelCard, licence, description, source, provenance, variants`,
    ],
  ])("%j as %j is named with the nearest one", (from, to, problem) => {
    expect(problems(changed(from, to))).toEqual([problem]);
    expect(thrownBy(changed(from, to))).toMatchObject({ family: "configuration", code: "MODEL_YAML_UNKNOWN_KEY" });
  });
});

describe("names that collide as tags", () => {
  it.each([
    [
      "version: 2.4.1",
      "version: 2.5.0-rc1",
      '2:10: version "2.5.0-rc1" has the tag that the variant "rc1" of version 2.5.0 would have; write "2.5.0-rc.1"',
    ],
    [
      "version: 2.4.1",
      "version: 2.4.1-jetson",
      '2:10: version "2.4.1-jetson" has the tag that the variant "jetson" of version 2.4.1 would have; write "2.4.1-jetson.1"',
    ],
    [
      "[cv3, int8]",
      "[cv3, cv3-jetson]",
      '12:25: variants.jetson.capabilities[1]: the capability "cv3-jetson" needs the tag "cv3-jetson", and so does the capability "cv3" of the variant "jetson"; choose another name',
    ],
    [
      "[cv3, int8]",
      "[latest]",
      '12:20: variants.jetson.capabilities[0]: the capability "latest" needs the tag "latest", which no release may have; choose another name',
    ],
  ])("%j as %j", (from, to, problem) => {
    expect(problems(changed(from, to))).toEqual([problem]);
    expect(thrownBy(changed(from, to))).toMatchObject({ family: "configuration", code: "MODEL_YAML_TAG_COLLISION" });
  });
});

describe("what is not plain YAML 1.2", () => {
  it.each([
    [
      "owner: vision@example.com",
      "owner: vision: x",
      '3:8: a second ": " stands in this line; put the value in quotes if it belongs to the text',
    ],
    ["owner: vision@example.com", "owner: @vision", "3:8: a text that starts with this sign needs quotes"],
    [
      "owner: vision@example.com",
      "owner: *vision",
      '3:8: the alias *vision names no anchor above it; a text that starts with "*" needs quotes',
    ],
    ["owner: vision@example.com", 'owner: "vision', '3:8: the " that opens here is never closed'],
    ["owner: vision@example.com", "owner: 'vision", "3:8: the ' that opens here is never closed"],
    ["owner: vision@example.com", "owner", '3:1: this line has no ": " after a key; is a colon missing?'],
    ["[cv3, int8]", "[cv3, int8", "12:19: the [ that opens here is never closed"],
    ["    path: dist/jetson", "\tpath: dist/jetson", "8:1: this line is indented with a tab; YAML takes blanks only"],
    [
      "    path: dist/jetson",
      "   path: dist/jetson",
      "8:10: the line below is indented further than this key, as if it belonged to this value",
    ],
    ["owner: vision@example.com", 'owner: "\\q"', "3:9: not YAML 1.2: invalid escape sequence \\q"],
  ])("%j as %j is a syntax error", (from, to, problem) => {
    expect(problems(changed(from, to))[0]).toBe(problem);
    expect(thrownBy(changed(from, to)).code).toBe("MODEL_YAML_SYNTAX");
  });

  it.each([
    [
      "owner: vision@example.com",
      "owner: !secret x",
      "3:8: the tag !secret cannot be used here; write the value without it",
    ],
    [
      "owner: vision@example.com",
      "owner: !!binary aGk=",
      "3:8: the tag !!binary cannot be used here; write the value without it",
    ],
    [
      "version: 2.4.1",
      "version: !!float 2.4.1",
      "2:10: the tag !!float cannot be used here; write the value without it",
    ],
    ["[cv3, int8]", "!!set {cv3, int8}", "12:19: the tag !!set cannot be used here; write the value without it"],
    [
      "      targets: [orin]\n",
      "      targets: [orin]\n---\n",
      "15:1: a second YAML document starts here; there may be only one",
    ],
    ["name:", "%YAML 1.1\n---\nname:", "1:1: the file asks for YAML 1.1, and only 1.2 is read; remove the line"],
    [
      "    path: dist/jetson",
      "    <<: {path: dist/jetson}",
      '8:5: "<<" does not merge in YAML 1.2; write the keys out, or use an alias for a whole value',
    ],
    ["variants:", "1: x\nvariants:", "6:1: the key 1 is not text; put it in quotes if it is meant"],
    ["variants:", "null: x\nvariants:", "6:1: the key null is not text; put it in quotes if it is meant"],
    ["variants:", "? [a]\n: x\nvariants:", "6:3: a key is missing here, or is not text"],
    ["variants:", "__proto__: x\nvariants:", '6:1: the key "__proto__" cannot be used'],
    [
      "owner: vision@example.com",
      'owner: "\\ud800"',
      "3:8: this text holds half of a character (an unpaired surrogate)",
    ],
  ])("%j as %j is not supported", (from, to, problem) => {
    expect(problems(changed(from, to))).toEqual([problem]);
    expect(thrownBy(changed(from, to)).code).toBe("MODEL_YAML_UNSUPPORTED");
  });

  it("a key that stands twice is refused, wherever it is", () => {
    expect(problems(`${plain}name: x\n`)).toEqual(['15:1: the key "name" is here a second time']);
    expect(problems(changed("[orin]", '[orin]\n      "targets": [x]'))).toEqual([
      '15:7: the key "targets" is here a second time',
    ]);
    expect(thrownBy(`${plain}name: x\n`).code).toBe("MODEL_YAML_DUPLICATE_KEY");
  });

  it.each(["", "\ufeff", "\n", "# only a comment\n", "---\n", "null\n", "~"])("%j is empty", (text) => {
    expect(thrownBy(text)).toMatchObject({
      code: "MODEL_YAML_EMPTY",
      message: "model.yaml:1:1: there is nothing here but blanks and comments",
      remedy: "`slipway init` writes a model.yaml to start from.",
    });
  });

  it.each([
    ["- a\n", "1:1: the file must be a mapping of keys to values; found a list"],
    ["hello", '1:1: the file must be a mapping of keys to values; found "hello"'],
    ["12", "1:1: the file must be a mapping of keys to values; found the number 12"],
  ])("%j is no mapping", (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });
});

describe("several problems", () => {
  const text = `nmae: retina/seg
version: 2.5.0-rc1
owner:
owner: [a]
modelCard: README.md
licence: Apache 2.0
variants:
  jetson:
    path: ../x
    capabilities: [latest, A, A]
    deployment:
      targets: []
      minCudaVersion: 12.0
`;

  it("are one error that tells all, in the order of the file, and has the code of the first", () => {
    const error = thrownBy(text, "models/seg/model.yaml");
    expect(error.code).toBe("MODEL_YAML_UNKNOWN_KEY");
    expect(error.message).toBe('models/seg/model.yaml:1:1: unknown key "nmae"; did you mean "name"? (and 11 more)');
    expect(error.details.map((line) => line.replace(/^models\/seg\/model\.yaml:(\d+:\d+: .{12}).*/, "$1"))).toEqual([
      "1:1: unknown key ",
      '2:10: version "2.5',
      '4:1: the key "own',
      "4:8: owner must b",
      '6:10: licence "Apa',
      "9:5: variants.jet",
      "9:11: variants.jet",
      "10:20: variants.jet",
      "10:28: variants.jet",
      "10:31: variants.jet",
      "12:16: variants.jet",
      "13:23: variants.jet",
    ]);
  });

  it("of one list are all told, also when an item is of another kind", () => {
    expect(problems(changed("[cv3, int8]", "[1, cv3, cv3]"))).toEqual([
      expect.stringMatching(/^12:20: variants\.jetson\.capabilities\[0\] must be /),
      '12:28: variants.jetson.capabilities[2] repeats "cv3"',
    ]);
  });

  it("are cut off where nobody would read on, and counted", () => {
    const error = thrownBy(Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join("\n"));
    expect(error.message).toMatch(/ \(and 1005 more\)$/);
    expect(error.details).toHaveLength(51);
    expect(error.details.at(-1)).toBe("… and 956 more");
  });

  it("have the columns that an editor shows, after a byte order mark and with CRLF", () => {
    const windows = `\ufeff${changed("licence: Apache-2.0", "licence: 5").replaceAll("\n", "\r\n")}`;
    expect(problems(windows)).toEqual([expect.stringMatching(/^5:10: licence must be /)]);
    expect(problems(`\ufeff${plain.replace("name: retina/seg", "name: R")}`)).toEqual([
      expect.stringMatching(/^1:7: /),
    ]);
  });
});

describe("a hostile model.yaml", () => {
  it("of more than 1 MiB is refused, and one of 1 MiB is read", () => {
    const padding = "#".repeat(maxModelYamlBytes - Buffer.byteLength(plain));
    expect(parseModelYaml(plain + padding, "model.yaml")).toEqual(declaration);
    expect(thrownBy(`${plain}${padding}#`)).toMatchObject({
      code: "MODEL_YAML_TOO_LARGE",
      message: "model.yaml is larger than 1024 KiB",
    });
    expect(thrownBy(`${plain}#${"é".repeat(maxModelYamlBytes / 2)}`).code).toBe("MODEL_YAML_TOO_LARGE");
  });

  it("with aliases that multiply is refused", () => {
    const names = [..."abcdefghij"];
    const bomb = names.map((name, index) => {
      const inside = index === 0 ? "x" : `*${names[index - 1]}`;
      return `${name}: &${name} [${Array(10).fill(inside).join(", ")}]`;
    });
    expect(thrownBy(bomb.join("\n"))).toMatchObject({
      code: "MODEL_YAML_UNSUPPORTED",
      message: "model.yaml:3:24: more than 64 aliases are used",
    });
    const large = `a: &a [${"x, ".repeat(5000)}]\nb: [*a, *a, *a]\n`;
    expect(thrownBy(large)).toMatchObject({
      code: "MODEL_YAML_UNSUPPORTED",
      message: "model.yaml:2:9: aliases repeat more than 10000 values",
    });
    const chain = Array.from({ length: 64 }, (_, index) => {
      const inside = index === 0 ? "x" : `*a${index - 1}`;
      return `a${index}: &a${index} ${"[".repeat(60)}${inside}${"]".repeat(60)}`;
    });
    expect(thrownBy(chain.join("\n"))).toMatchObject({
      code: "MODEL_YAML_UNSUPPORTED",
      message: "model.yaml:12:71: more than 64 aliases are used",
    });
    expect(thrownBy("a: &a [*a]")).toMatchObject({
      code: "MODEL_YAML_SYNTAX",
      message: expect.stringContaining("the alias *a names no anchor above it"),
    });
  });

  it.each([
    ["flow lists", "[".repeat(10_000), "1:66"],
    ["closed flow lists", `a: ${"[".repeat(10_000)}${"]".repeat(10_000)}`, "1:68"],
    ["flow mappings", "{a: ".repeat(10_000), "1:258"],
    ["block lists", "- ".repeat(10_000), "1:130"],
    ["explicit keys", "? ".repeat(10_000), "1:130"],
    ["block mappings", Array.from({ length: 1000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), "65:66"],
  ])("of 10 000 nested %s is refused before the stack overflows", (_, text, place) => {
    expect(thrownBy(text)).toMatchObject({
      code: "MODEL_YAML_UNSUPPORTED",
      message: `model.yaml:${place}: lists and mappings are nested more than 64 deep here`,
    });
  });

  it.each([
    ["keys", "a:\n"],
    ["the same key", "a: 1\n"],
    ["tags", "!a "],
    ["anchors", "&a "],
    ["aliases", "*a "],
    ["commas", ","],
    ["closing brackets", "]"],
    ["documents", "---\n"],
    ["directives", "%a\n"],
    ["blank lines", "\n"],
    ["tabs", "\t\n"],
    ["list items with a bad line", "a: - b\n"],
    ["carriage returns", "\r"],
    ["quotes", "'"],
    ["backslashes", '"\\'],
  ])("of 1 MiB of %s is refused in bounded time", (_, unit) => {
    const started = performance.now();
    expect(thrownBy(unit.repeat(Math.floor(maxModelYamlBytes / unit.length)))).toBeInstanceOf(SlipwayError);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("of any text is read or refused, and nothing else happens", () => {
    const yamlSigns = fc.string({
      unit: fc.constantFrom(
        ..."ab:-?[]{},#&*!|>'\"%@`\n\t \\0.~\r\ufeff",
        ": ",
        "- ",
        "\n  ",
        "<<: ",
        "--- ",
        "&a ",
        "*a ",
      ),
      maxLength: 200,
    });
    const mutated = fc
      .tuple(fc.nat(plain.length), fc.nat(20), fc.oneof(yamlSigns, fc.string({ unit: "binary" })))
      .map(([start, length, text]) => plain.slice(0, start) + text + plain.slice(start + length));
    const bytes = fc.uint8Array({ maxLength: 300 }).map((junk) => Buffer.from(junk).toString("utf8"));
    fc.assert(
      fc.property(fc.oneof(yamlSigns, mutated, bytes, fc.string({ unit: "binary" })), (text) => {
        try {
          parseModelYaml(text, "model.yaml");
        } catch (error) {
          expect(error).toBeInstanceOf(SlipwayError);
          expect(error).toMatchObject({
            family: "configuration",
            message: expect.stringMatching(/^model\.yaml:\d+:\d+: ./),
          });
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("another version", () => {
  const release = parseModelYaml(plain, "model.yaml");

  it("takes the place of the declared one", () => {
    expect(withVersion(release, "2.5.0-rc.1")).toEqual({ ...declaration, version: "2.5.0-rc.1" });
    expect(release.version).toBe("2.4.1");
  });

  it.each([
    ["2.5", 'version "2.5" does not have three numbers; write "2.5.0"'],
    ["v2.5.0", 'version "v2.5.0" starts with "v"; write "2.5.0"'],
    [
      "2.5.0-rc1",
      'version "2.5.0-rc1" has the tag that the variant "rc1" of version 2.5.0 would have; write "2.5.0-rc.1"',
    ],
  ])("%s is refused", (version, message) => {
    expect(() => withVersion(release, version)).toThrow(expect.objectContaining({ code: "VERSION_INVALID", message }));
  });
});
