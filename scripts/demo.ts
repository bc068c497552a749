// `npm run demo`: one model from a directory to a verified pull, through the command line, in two releases.
// `npm run demo -- --model DIR --name NAME` does it with any directory. Everything lands under `out/`; running it
// again over what is there ends the same way.

import { mkdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { suggestedName } from "../src/release/index.ts";
import { formatBytes } from "../src/report/index.ts";
import { makeKeys } from "./demo/keys.ts";
import { prepareReleases } from "./demo/releases.ts";
import { Story } from "./demo/story.ts";
import { tamperedCopy } from "./demo/tamper.ts";

const { values } = parseArgs({ options: { model: { type: "string" }, name: { type: "string" } } });
const name = values.name ?? (values.model === undefined ? "tiny-llm" : suggestedName(basename(values.model)));
const stored = name.replaceAll("/", "+");
const work = `out/demo/${stored}`;
const store = `oci:out/store/${stored}`;

const story = new Story();
await mkdir(work, { recursive: true });
const releases = await story.tell("model", `two releases of ${name}, in ${work}`, () =>
  prepareReleases(work, name, values.model),
);
const keys = await story.tell("keys", "throw-away keys of a builder and a stranger", () => makeKeys("out/demo/keys"));

let last = "";
for (const { version, modelYaml } of releases) {
  const packed = await story.run(["package", modelYaml, "--store", store], (outputs) => {
    const shared = Number(outputs["size"]) - Number(outputs["written"]);
    return `${version}: ${formatBytes(Number(outputs["written"]))} new, ${formatBytes(shared)} shared`;
  });
  const reference = String(packed["reference"]);
  await story.run(["sign", reference, "--key", keys.privateKey], () => `${version}: signed as cosign signs`);
  await story.run(["verify", reference, "--key", keys.publicKey], () => `${version}: whole, and signed by the builder`);
  const target = `out/models/${stored}-${version}`;
  await story.run(["pull", reference, "--target", target, "--key", keys.publicKey], (outputs) => {
    return `${version}: ${outputs["files"]} files in ${target}`;
  });
  last = reference;
}

await story.refused(["verify", last, "--key", keys.strangersKey], "only a stranger's key is trusted");
const digest = last.slice(last.lastIndexOf("@") + 1);
await story.tell("tamper", "one bit of the largest file, in a copy of the store", () =>
  tamperedCopy(store, digest, `${work}/tampered`),
);
const never = `${work}/never`;
await story.refused(
  ["pull", `oci:${work}/tampered@${digest}`, "--target", never],
  "the flipped bit; no target is left",
);
await rm(`${work}/tampered`, { recursive: true, force: true });

story.end([
  ["store", store, "an OCI image layout; skopeo, oras and umoci read it"],
  ["models", `out/models/${stored}-*`, ""],
  ["look inside", `npx slipway inspect ${store}`, ""],
]);
