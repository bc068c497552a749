import { describe, expect, it } from "vitest";
import { expectError } from "../../../test/support/refusal.ts";
import type { Pin } from "../../evidence/index.ts";
import type { Pointer } from "../../lifecycle/index.ts";
import { digestOf } from "../../oci/index.ts";
import { pinOf, pointer, valuesOf } from "../fixtures/deployment.ts";
import { readPin, samePin, writePin } from "./pin.ts";

type Fields = Partial<Record<keyof Pointer["fields"], string>>;

const bytes = (text: string) => new TextEncoder().encode(text);
const pin = pinOf("1.2.0");
const { version, digest, uri } = pin;
const other = digestOf("another one");
const image = digestOf("the same files as an image");

/** Reads a file that has these fields and no others. */
function read(fields: Fields): Pin | undefined {
  const lines = Object.entries(fields).map(([field, value]) => `  ${field}: ${JSON.stringify(value)}\n`);
  const selectors = Object.fromEntries(Object.keys(fields).map((field) => [field, `model.${field}`]));
  const own = { ...pointer, fields: { ...pointer.fields, ...selectors } };
  return readPin(bytes(`model:\n${lines.join("")}`), own);
}

const empty: Fields = { version: "", digest: "", uri: "" };
const whole: Fields = { version, digest, uri };

describe("what a pointer names", () => {
  it.each<[string, Fields, Pin | undefined]>([
    ["nothing, when all is empty", empty, undefined],
    ["nothing, when the subject is empty, too", { ...empty, subject: "" }, undefined],
    ["nothing yet, below the model's name", { ...empty, name: "retina/seg", variant: "jetson" }, undefined],
    ["nothing, below an empty name", { ...empty, name: "", variant: "" }, undefined],
    ["version, digest and URI; the digest is the subject's", whole, pin],
    ["a subject of its own", { ...whole, subject: other }, { ...pin, subject: other }],
    ["the model's name and variant", { ...whole, name: "retina/seg", variant: "jetson" }, pin],
    ["a pre-release", { ...whole, version: "1.2.0-rc.1" }, { ...pin, version: "1.2.0-rc.1" }],
    [
      "an image in a registry",
      { version, digest: image, subject: digest, uri: `registry.example.com:5000/retina/seg@${image}` },
      { version, subject: digest, digest: image, uri: `registry.example.com:5000/retina/seg@${image}` },
    ],
  ])("is %s", (_, fields, expected) => {
    expect(read(fields)).toEqual(expected);
  });

  it.each<[string, Fields, string]>([
    ["an alias", { ...whole, version: "latest" }, '"latest" is not a version'],
    ["a state", { ...whole, version: "production" }, '"production" is not a version'],
    ["a major version", { ...whole, version: "v1" }, '"v1" is not a version'],
    ["a v before the version", { ...whole, version: "v1.2.0" }, '"v1.2.0" is not a version'],
    ["a range", { ...whole, version: "^1.2.0" }, '"^1.2.0" is not a version'],
    ["a version of two numbers", { ...whole, version: "1.2" }, '"1.2" is not a version'],
    ["build metadata", { ...whole, version: "1.2.0+b1" }, '"1.2.0+b1" is not a version'],
    ["a space before the version", { ...whole, version: " 1.2.0" }, '" 1.2.0" is not a version'],
    ["a tag for a digest", { ...whole, digest: "1.2.0-jetson" }, '"1.2.0-jetson" is not a digest'],
    ["a digest in capitals", { ...whole, digest: digest.toUpperCase() }, "is not a digest"],
    ["a cut digest", { ...whole, digest: digest.slice(0, -1) }, "is not a digest"],
    ["another algorithm", { ...whole, digest: `sha512:${"0".repeat(128)}` }, "is not a digest"],
    ["a subject that is none", { ...whole, subject: "1.2.0-jetson" }, '"1.2.0-jetson" is not a digest'],
    ["a URI without a digest", { ...whole, uri: "oci:store:1.2.0-jetson" }, "does not end with the pinned digest"],
    ["a URI with another digest", { ...whole, uri: `oci:store@${other}` }, "does not end with the pinned digest"],
    ["a URI that is only the digest", { ...whole, uri: digest }, "does not end with the pinned digest"],
    ["a URI of no place", { ...whole, uri: `@${digest}` }, "does not end with the pinned digest"],
    ["a digest in the middle of the URI", { ...whole, uri: `${uri}/x` }, "does not end with the pinned digest"],
    ["two digests", { ...whole, uri: `oci:store@${other}@${digest}` }, "has two digests"],
    ["the same digest twice", { ...whole, uri: `oci:store@${digest}@${digest}` }, "has two digests"],
    ["a digest of another algorithm before it", { ...whole, uri: `oci:store@SHA512:00@${digest}` }, "has two digests"],
    ["another model", { ...whole, name: "retina/other" }, 'it names the model "retina/other"'],
    ["another model and no release", { ...empty, name: "retina/other" }, 'it names the model "retina/other"'],
    ["another variant", { ...whole, variant: "server" }, 'it names the variant "server"'],
    ["another variant and no release", { ...empty, variant: "server" }, 'it names the variant "server"'],
    ["a release of no model", { ...whole, name: "" }, "it names a release and no model"],
    ["a release of no variant", { ...whole, variant: "" }, "it names a release and no variant"],
  ])("is no pin with %s", async (_, fields, said) => {
    const { message } = await expectError("POINTER_PIN_INVALID", () => read(fields));
    expect(message).toContain(said);
    expect(message).toMatch(/^apps\/values\.yaml: /);
  });

  const all = { version, digest, uri, subject: digest };
  const partly = Array.from({ length: 14 }, (_, index) => index + 1).map((chosen) =>
    Object.fromEntries(
      Object.entries(all).map(([field, value], bit) => [field, (chosen >> bit) & 1 ? value : ""] as const),
    ),
  );
  it.each(partly.map((fields) => [Object.keys(fields).filter((field) => fields[field] !== ""), fields] as const))(
    "is no pin with %j alone",
    async (_, fields) => {
      await expectError("POINTER_PIN_INVALID", () => read(fields));
    },
  );

  it("is not quoted at length", async () => {
    for (const field of ["version", "digest", "uri", "subject", "name", "variant"] as const) {
      const { message } = await expectError("POINTER_PIN_INVALID", () => read({ ...whole, [field]: "x".repeat(2000) }));
      expect(message.length).toBeLessThan(300);
    }
  });

  it("is not guessed where the file has no such place", async () => {
    await expectError("POINTER_NOT_FOUND", () => readPin(bytes("model: {version: 1.2.0}\n"), pointer));
    await expectError("POINTER_NOT_FOUND", () => writePin(bytes("model: {version: 1.2.0}\n"), pointer, pin));
  });
});

describe("setting a pointer", () => {
  it("changes the three fields and no other byte", () => {
    const before = valuesOf(undefined).replaceAll("\n", "\r\n");
    const after = valuesOf(pin).replaceAll("\n", "\r\n");
    expect(Buffer.from(writePin(bytes(before), pointer, pin)).toString()).toBe(after);
    expect(Buffer.from(writePin(bytes(after), pointer, pin)).toString()).toBe(after);
  });

  it("writes subject, name and variant where there is a place for them, in the document that is meant", () => {
    const own: Pointer = {
      ...pointer,
      document: { kind: "ConfigMap", name: "retina" },
      fields: {
        version: "data.VERSION",
        digest: "data.DIGEST",
        uri: "data.URI",
        subject: "data.SUBJECT",
        name: "data.MODEL",
        variant: "data.VARIANT",
      },
    };
    const document = (name: string, data: Record<string, string>) =>
      `kind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n${Object.entries(data)
        .map(([key, value]) => `  ${key}: "${value}"\n`)
        .join("")}`;
    const unset = { VERSION: "", DIGEST: "", URI: "", SUBJECT: "", MODEL: "", VARIANT: "" };
    const moved = { ...pin, digest: image, uri: `oci:store@${image}` };
    const written = writePin(bytes(`${document("other", unset)}---\n${document("retina", unset)}`), own, moved);
    expect(Buffer.from(written).toString()).toBe(
      `${document("other", unset)}---\n${document("retina", {
        VERSION: "1.2.0",
        DIGEST: image,
        URI: `oci:store@${image}`,
        SUBJECT: digest,
        MODEL: "retina/seg",
        VARIANT: "jetson",
      })}`,
    );
    expect(readPin(written, own)).toEqual(moved);
  });
});

describe("two pins", () => {
  it.each<[string, Pin | undefined, Pin | undefined, boolean]>([
    ["both nothing", undefined, undefined, true],
    ["equal", pin, { ...pin }, true],
    ["one nothing", pin, undefined, false],
    ["the other nothing", undefined, pin, false],
    ["another version", pin, { ...pin, version: "1.2.1" }, false],
    ["another subject", pin, { ...pin, subject: other }, false],
    ["another digest", pin, { ...pin, digest: other }, false],
    ["another URI", pin, { ...pin, uri: `oci:elsewhere@${digest}` }, false],
  ])("%s", (_, one, two, same) => {
    expect(samePin(one, two)).toBe(same);
  });
});
