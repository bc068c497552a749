import { createPrivateKey } from "node:crypto";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { signedBundle, statement } from "./envelope.ts";
import type { Place } from "./place.ts";
import { type Row, row } from "./row.ts";

/** Makes a store wrong whose release has a good signature. */
const signed = (what: string, code: string, harm: (place: Place) => Promise<unknown>, step?: string): Row => ({
  what,
  code,
  ...(step === undefined ? {} : { step }),
  async make(place) {
    await place.attach(signedBundle(statement(place.release)));
    const texts = await harm(place);
    if (step === "pull") return { key: "../keys/builder.pub", target: "pulled" };
    return typeof texts === "string" ? { subject: texts } : undefined;
  },
});

/** The digest of the largest layer: the weights. */
async function fileOf(place: Place): Promise<`sha256:${string}`> {
  const { layers } = JSON.parse(await readFile(place.blob(place.release.digest), "utf8"));
  return layers[0].digest;
}

/** What a signature says nothing about, because it is about the manifest. */
export const storeRows: readonly Row[] = [
  signed("a store that is whole", "accepted", async () => {}),
  signed("a store that is whole, pulled", "accepted", async () => {}, "pull"),
  signed("a tampered manifest", "STORE_CORRUPT", async (place) => {
    const file = place.blob(place.release.digest);
    await writeFile(file, (await readFile(file, "latin1")).replace("group/model", "group/modem"), "latin1");
  }),
  signed("a manifest that is gone", "STORE_CORRUPT", (place) => rm(place.blob(place.release.digest))),
  signed(
    "a tampered file",
    "STORE_CORRUPT",
    async (place) => {
      const file = place.blob(await fileOf(place));
      const bytes = await readFile(file);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      await writeFile(file, bytes);
    },
    "pull",
  ),
  signed("a file that was cut", "STORE_CORRUPT", async (place) => truncate(place.blob(await fileOf(place)), 1)),
  signed("a file that is gone", "STORE_CORRUPT", async (place) => rm(place.blob(await fileOf(place)))),
  signed("an index that was cut", "STORE_CORRUPT", (place) =>
    place.edit("store/index.json", (text) => text.slice(0, -20)),
  ),
  signed("an index that names another manifest by the tag", "TAG_MISMATCH", (place) =>
    editIndex(place, (text) => text.replaceAll('1.0.0-default"', 'x"').replaceAll('1.1.0-default"', '1.0.0-default"')),
  ),
  signed("an index with a tag twice", "STORE_CORRUPT", (place) =>
    place.edit("store/index.json", (text) => text.replaceAll('1.1.0-default"', '1.0.0-default"')),
  ),
  signed("an index without the release", "NOT_FOUND", (place) =>
    editIndex(place, () => '{"schemaVersion":2,"manifests":[]}'),
  ),
  signed(
    "the other release by this one's name",
    "TAG_MISMATCH",
    async (place) => `oci:store:1.0.0-default@${place.other.digest}`,
  ),
  signed("the other release, which nobody signed", "SIGNATURE_MISSING", async (place) => place.reference(place.other)),
  signed("a release without its digest", "DIGEST_REQUIRED", async () => "oci:store:1.0.0-default"),
  row("a signature that was moved here from the other release", "SUBJECT_MISMATCH", (place) =>
    place.attach(signedBundle(statement(place.other))),
  ),
];

/** As in a copy of the store that was made without Slipway's own memory of it. */
async function editIndex(place: Place, change: (text: string) => string): Promise<void> {
  await rm(`${place.directory}/store/.slipway`, { recursive: true, force: true });
  await place.edit("store/index.json", change);
}

/** Keys that do not fit. */
export const keyRows: readonly Row[] = [
  wrongKey("a wrong password", "KEY_PASSWORD_WRONG", "sign", async (place) => {
    await encrypted(place);
    await writeFile(`${place.directory}/password`, "wrong\n");
    return { key: "encrypted.pem", password: "password" };
  }),
  wrongKey("the right password", "accepted", "sign", async (place) => {
    await encrypted(place);
    await writeFile(`${place.directory}/password`, "right\n");
    return { key: "encrypted.pem", password: "password" };
  }),
  wrongKey("no password", "KEY_PASSWORD_MISSING", "sign", async (place) => {
    await encrypted(place);
    return { key: "encrypted.pem" };
  }),
  wrongKey("a key on P-384 to sign with", "KEY_TYPE_UNSUPPORTED", "sign", async () => ({ key: "../keys/large.pem" })),
  wrongKey("a key on P-384 to trust", "KEY_TYPE_UNSUPPORTED", "verify", async () => ({ key: "../keys/large.pub" })),
  wrongKey("a private key to trust", "KEY_MALFORMED", "verify", async () => ({ key: "../keys/builder.pem" })),
  wrongKey("nobody to trust", "TRUST_NOT_GIVEN", "verify", async () => ({ key: "" })),
];

function wrongKey(what: string, code: string, step: string, make: Row["make"]): Row {
  return { what, code, step, make };
}

async function encrypted(place: Place): Promise<void> {
  const key = createPrivateKey(await readFile(`${place.directory}/../keys/builder.pem`));
  const pem = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "right" });
  await writeFile(`${place.directory}/encrypted.pem`, pem, { mode: 0o600 });
}
