import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesOf, redirected } from "./past-index.ts";

let src: string;

beforeAll(async () => {
  src = await mkdtemp(join(tmpdir(), "slipway-index-"));
  await mkdir(join(src, "oci", "layout"), { recursive: true });
  await writeFile(
    join(src, "oci", "index.ts"),
    `// What belongs here.

export { type Digest, digestOf } from "./digest.ts";
export {
  formatReference,
  parse as parseReference,
} from "./reference.ts";
export { openLayout } from "./layout/index.ts";
export const own = 1;
`,
  );
  await writeFile(join(src, "oci", "layout", "index.ts"), `export { open as openLayout } from "./store.ts";\n`);
});
afterAll(() => rm(src, { recursive: true }));

test.each([
  [
    "each name from where it is, under the name that the file uses",
    `import { digestOf, parseReference as parse } from "../oci/index.ts";`,
    `import { digestOf as digestOf } from "../oci/digest.ts"; import { parse as parse } from "../oci/reference.ts";`,
  ],
  [
    "a name through a second index",
    `import { openLayout } from "../oci/index.ts";`,
    `import { open as openLayout } from "../oci/layout/store.ts";`,
  ],
  [
    "values without the types beside them",
    `import {\n  type Digest,\n  digestOf,\n} from "../oci/index.ts";`,
    `import { digestOf as digestOf } from "../oci/digest.ts";`,
  ],
  ["nothing for types alone", `import { type Digest } from "../oci/index.ts";`, ""],
  [
    "what the index defines itself from the index",
    `import { own } from "../oci/index.ts";`,
    `import { own as own } from "../oci/index.ts";`,
  ],
  ["what is not an index as it is", `import { a } from "../oci/digest.ts";`, `import { a } from "../oci/digest.ts";`],
  ["a package as it is", `import { a } from "p/index.ts";`, `import { a } from "p/index.ts";`],
  [
    "a late import as it is",
    `const m = await import("../oci/index.ts");`,
    `const m = await import("../oci/index.ts");`,
  ],
])("imports %s", (_, written, expected) => {
  expect(redirected(`before();\n${written}\nafter();\n`, join(src, "host"))).toBe(`before();\n${expected}\nafter();\n`);
});

test("names a file of the same folder as a file, not as a package", () => {
  expect(redirected(`import { digestOf } from "./oci/index.ts";`, src)).toBe(
    `import { digestOf as digestOf } from "./oci/digest.ts";`,
  );
});

const index = `'use strict'

const Client = require('./lib/client')
const Agent = require('./lib/dispatcher/agent')
const { hidden } = require('./lib/hidden')

Object.assign(Client.prototype, {})
module.exports.Agent = Agent
module.exports.Client = Client
module.exports.made = { redirect: require('./lib/redirect') }
`;

test("imports names of a package from their files where they need nothing else", () => {
  const filesIn = (name: string) => (name === "wires" ? filesOf(name, index, ["Agent"]) : undefined);
  expect(redirected(`import { Agent as One, Client, type Options } from "wires";`, src, filesIn)).toBe(
    `import One from "wires/lib/dispatcher/agent.js"; import { Client as Client } from "wires";`,
  );
});

test.each(["made", "hidden", "Other"])("refuses %s, which is not a file of its own", (name) => {
  expect(() => filesOf("wires", index, [name])).toThrow(`${name} of wires is not a file of its own`);
});
