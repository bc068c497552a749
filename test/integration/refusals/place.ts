import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { steps } from "../../../actions/index.ts";
import { SlipwayError } from "../../../src/errors/index.ts";
import {
  type Descriptor,
  type Digest,
  emptyJson,
  encodeLegacy,
  hexOf,
  imageConfig,
  isDigest,
  mediaType,
  type WritableStore,
} from "../../../src/oci/index.ts";
import { encodeBundleManifest } from "../../../src/signing/bundle.ts";
import { bundleMediaType } from "../../../src/signing/bundle-types.ts";
import { writeModelYaml } from "../../support/model-yaml.ts";
import { openLayout } from "../../support/packed-release.ts";
import { quietHost } from "../../support/quiet-host.ts";

/** Keys of this run of the tests. */
export const keys = {
  builder: pair("P-256"),
  stranger: pair("P-256"),
  large: pair("P-384"),
  judge: pair("P-256"),
  erin: pair("P-256"),
  lena: pair("P-256"),
};

function pair(namedCurve: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve });
}

/** A directory with `store/`, which has two releases that nobody signed. The keys lie beside it, in `../keys/`. */
export class Place {
  readonly directory: string;
  readonly release: Descriptor;
  readonly other: Descriptor;
  #attached: number;

  private constructor(directory: string, release: Descriptor, other: Descriptor, attached = 0) {
    this.#attached = attached;
    this.directory = directory;
    this.release = release;
    this.other = other;
  }

  static async build(directory: string): Promise<Place> {
    await mkdir(join(directory, "model"), { recursive: true });
    const releases: Descriptor[] = [];
    for (const version of ["1.0.0", "1.1.0"]) {
      await writeFile(join(directory, "model", "weights.bin"), `the weights of ${version}`);
      await writeModelYaml(directory, { name: "group/model", version });
      const packed = await step(directory, "package", { model: "model.yaml", store: "oci:store" });
      const digest = packed.get("digest") ?? packed.get("subject") ?? "";
      if (!isDigest(digest)) throw new Error(`no digest among ${[...packed.keys()].join(", ")}`);
      const { store } = await openLayout(join(directory, "store"));
      releases.push(await store.resolve({ digest }));
    }
    await rm(join(directory, "model"), { recursive: true });
    await rm(join(directory, "model.yaml"));
    await mkdir(join(directory, "..", "keys"));
    for (const [name, { privateKey, publicKey }] of Object.entries(keys)) {
      await writeFile(
        join(directory, "..", "keys", `${name}.pem`),
        privateKey.export({ type: "pkcs8", format: "pem" }),
        {
          mode: 0o600,
        },
      );
      await writeFile(join(directory, "..", "keys", `${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    }
    const [release, other] = releases;
    if (release === undefined || other === undefined) throw new Error("there are no two releases");
    return new Place(directory, release, other);
  }

  /** The same in another directory, to be made wrong. */
  async copyTo(directory: string): Promise<Place> {
    await cp(this.directory, directory, { recursive: true });
    return new Place(directory, this.release, this.other, this.#attached);
  }

  reference(of: Descriptor = this.release): string {
    return `oci:store:${of === this.release ? "1.0.0" : "1.1.0"}-default@${of.digest}`;
  }

  step(name: string, texts: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
    return step(this.directory, name, texts);
  }

  async store(): Promise<WritableStore> {
    return (await openLayout(join(this.directory, "store"))).store;
  }

  blob(digest: Digest): string {
    return join(this.directory, "store", "blobs", "sha256", hexOf(digest));
  }

  /** Attaches bytes as a bundle, as cosign does. @param changes members of its manifest */
  async attach(bytes: Uint8Array | string | object, changes: object = {}, subject = this.release): Promise<Digest> {
    const store = await this.store();
    const content =
      bytes instanceof Uint8Array ? bytes : Buffer.from(typeof bytes === "string" ? bytes : JSON.stringify(bytes));
    const bundle = await store.push(bundleMediaType, content);
    await store.push(emptyJson.descriptor.mediaType, emptyJson.bytes);
    this.#attached += 1;
    const tag = `${subject === this.release ? "1.0.0" : "1.1.0"}-default_note.${this.#attached}.1`;
    const created = new Date("2026-01-02T03:04:05Z");
    const manifest = encodeBundleManifest({ subject, bundle, predicateType: "x", tag, created });
    const changed = { ...JSON.parse(Buffer.from(manifest).toString()), ...changes };
    return (await store.announce(Buffer.from(JSON.stringify(changed)), mediaType.manifest, tag)).digest;
  }

  /** Puts layers under the `.sig` or `.att` tag of a subject, as cosign 2 does. */
  async attachLegacy(
    kind: "sig" | "att",
    {
      type,
      bytes,
      annotations,
    }: { readonly type: string; readonly bytes: Uint8Array; readonly annotations: Readonly<Record<string, string>> },
    subject = this.release,
  ): Promise<void> {
    const store = await this.store();
    const blob = await store.push(type, bytes);
    const { manifest, config } = encodeLegacy([{ ...blob, annotations }], undefined);
    await store.push(imageConfig, config);
    await store.hint(`sha256-${hexOf(subject.digest)}.${kind}`, await store.pushManifest(manifest, mediaType.manifest));
  }

  async edit(path: string, change: (text: string) => string): Promise<void> {
    const file = join(this.directory, path);
    const text = await readFile(file, "latin1");
    const changed = change(text);
    if (changed === text) throw new Error(`nothing in ${path} was changed`);
    await writeFile(file, changed, "latin1");
  }
}

/** Runs a step in this process. @throws SlipwayError also for a refusal with a report */
async function step(
  directory: string,
  name: string,
  texts: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const entry = steps.find(({ contract }) => contract.name === name);
  if (entry === undefined) throw new Error(`there is no step ${name}`);
  const outcome = await entry.invoke(texts, { directory, env: {} }, quietHost(directory));
  if (outcome.refusal !== undefined) throw outcome.refusal;
  return new Map(outcome.outputs.map(({ name: output, text }) => [output, text]));
}

/** The code that something ends in: of several candidates those of all, or that of the step; `accepted` without any. */
export async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "accepted";
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    if (error.family === "bug" || /undefined|\[object/.test(error.message)) throw error;
    if (error.code !== "SIGNATURE_REJECTED") return error.code;
    const codes = error.details.map((line) => /^refused \S+: ([A-Z_]+) \S/.exec(line)?.[1] ?? line);
    return [...new Set(codes)].join(" ");
  }
}
