import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { contract } from "../../../actions/admission/contract.ts";
import { run as admission } from "../../../actions/admission/step.ts";
import { ContentPool } from "../../../src/content/index.ts";
import { readInputs } from "../../../src/contract/index.ts";
import { encodeSignatureStatement, encodeStatement, predicateType } from "../../../src/evidence/index.ts";
import { openStore, parseReference, requireDigest } from "../../../src/oci/index.ts";
import {
  attachSignature,
  attachStatement,
  keySigner,
  readSigningKey,
  signStatement,
} from "../../../src/signing/index.ts";
import { writeKeyPair } from "../../support/key-pair.ts";
import { quietHost } from "../../support/quiet-host.ts";
import { registries } from "./registries.ts";
import { RegistryScene } from "./registry-scene.ts";

/** Members of the policy's roles. */
const members = {
  builder: ["builder", "second-builder"],
  evaluator: ["evaluator"],
  "mlops-engineer": ["engineer"],
  "platform-lead": ["lead", "second-lead"],
} as const;
/** Whose key signs; a stranger has no role. */
export type Person = (typeof members)[keyof typeof members][number] | "stranger";

/** A statement or a signature to attach; by Slipway in both storages, unless it says otherwise. */
export type Attached = Storing &
  (
    | { readonly kind: "signature"; readonly by: Person }
    | { readonly kind: "summary"; readonly by: Person; readonly stage: string; readonly result: "PASSED" | "FAILED" }
  );

interface Storing {
  readonly storage?: "bundle" | "legacy";
  readonly writer?: "cosign";
}

/** An engine's answer, and why not, by the rule that refused. */
export interface Verdict {
  readonly accepted: boolean;
  readonly why: Readonly<Record<string, string>>;
}

const reported = z.object({
  summary: z.object({ pass: z.number(), fail: z.number(), error: z.number(), skip: z.number() }),
  results: z.array(z.object({ rule: z.string(), result: z.string(), message: z.string().default("") })).nullish(),
});
const tested = z.object({ errors: z.array(z.string()) });

/** Releases in a registry, and what engines say of them by the policies that `slipway admission` writes. */
export class AdmissionScene implements AsyncDisposable {
  readonly #scene: RegistryScene;
  #releases = 0;
  #attached = 0;

  private constructor(scene: RegistryScene) {
    this.#scene = scene;
  }

  static async open(): Promise<AdmissionScene> {
    const scene = await RegistryScene.open(registries["distribution 3"]);
    const roles: Record<string, object[]> = {};
    for (const [role, names] of Object.entries(members)) {
      for (const name of names) await writeKeyPair(join(scene.work, name));
      const key = (name: string) => readFile(join(scene.work, `${name}.pub`), "utf8");
      roles[role] = await Promise.all(names.map(async (name) => ({ name, key: await key(name) })));
    }
    for (const name of [...Object.values(members).flat(), "stranger"]) {
      const keys = ["--key", `${name}.pem`, "--output-key-prefix", `cosign-${name}`, "--yes"];
      await scene.tool("cosign", "import-key-pair", ...keys);
    }
    const environments = { production: { states: ["production"] } };
    await writeFile(join(scene.work, "release-policy.yaml"), JSON.stringify({ roles, environments }));
    const texts = { environment: "production", images: `${scene.host}/models/**`, output: "policies" };
    const inputs = readInputs(contract, texts, { directory: scene.work, env: {} });
    await admission(inputs, quietHost(scene.work));
    await mkdir(join(scene.work, "pods"));
    return new AdmissionScene(scene);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scene[Symbol.asyncDispose]();
  }

  /** A release in a repository of its own, below the covered path, with what is attached to it. */
  async release(attached: readonly Attached[]): Promise<{ readonly image: string; readonly tagged: string }> {
    this.#releases += 1;
    const { image, reference } = await this.#scene.release(`models/release-${this.#releases}`);
    for (const item of attached) await this.attach(image, item);
    return { image, tagged: reference.slice(0, reference.lastIndexOf("@")) };
  }

  async attach(image: string, item: Attached): Promise<void> {
    const summary = item.kind === "summary" ? summaryOf(item.stage, item.result) : undefined;
    if (item.writer === "cosign") return this.#attachByCosign(image, item, summary);
    const reference = parseReference(image, this.#scene.work);
    const digest = requireDigest(reference);
    const signal = new AbortController().signal;
    await using pool = new ContentPool({ signal });
    const store = await openStore(reference, { pool, signal });
    const pem = await readFile(join(this.#scene.work, `${item.by}.pem`));
    const signer = keySigner(readSigningKey(pem, undefined, item.by));
    this.#attached += 1;
    const place = {
      subject: await store.resolve({ digest }),
      tag: `1.0.0-default_${item.kind}-${item.by}.${this.#attached}.1`,
      created: new Date(0),
      format: item.storage ?? "both",
    } as const;
    if (summary === undefined) {
      await attachSignature(store, { ...place, statement: encodeSignatureStatement(digest), signer });
      return;
    }
    const type = predicateType.verificationSummary;
    const bundle = await signStatement(encodeStatement(digest, type, summary), signer);
    await attachStatement(store, { ...place, bundle, predicateType: type });
  }

  async #attachByCosign(image: string, { by, storage }: Attached, summary: object | undefined): Promise<void> {
    const legacy = ["--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"];
    const chosen = storage === "bundle" ? await this.#scene.withoutServices() : legacy;
    const flags = ["--key", `cosign-${by}.key`, "--allow-http-registry", "--yes", ...chosen];
    if (summary === undefined) {
      await this.#scene.tool("cosign", "sign", ...flags, image);
      return;
    }
    await writeFile(join(this.#scene.work, "summary.json"), JSON.stringify(summary));
    const type = ["--type", "https://slsa.dev/verification_summary/v1", "--predicate", "summary.json"];
    await this.#scene.tool("cosign", "attest", ...flags, ...type, image);
  }

  /** What Kyverno says of a pod that has the image as a volume, or runs it. */
  async kyverno(image: string, as: "volume" | "container" = "volume"): Promise<Verdict> {
    const elsewhere = "registry.example.org/server@sha256:".concat("0".repeat(64));
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "model", namespace: "default" },
      spec: {
        containers: [{ name: "server", image: as === "container" ? image : elsewhere }],
        ...(as === "volume" && { volumes: [{ name: "model", image: { reference: image } }] }),
      },
    };
    await writeFile(join(this.#scene.work, "pods", "pod.yaml"), JSON.stringify(pod));
    const args = ["apply", "policies/kyverno-production.yaml", "--resource", "pods/pod.yaml", "--registry"];
    const report = ["--policy-report", "--output-format", "json"];
    const { code, stdout, stderr } = await this.#scene.attempt("kyverno", ...args, ...report);
    const start = stdout.indexOf('{"kind"');
    if (start < 0) throw new Error(`Kyverno judged nothing\n${stdout}${stderr}`);
    const { summary, results } = reported.parse(JSON.parse(stdout.slice(start)));
    const failed = (results ?? []).filter(({ result }) => result !== "pass").reverse();
    const why = Object.fromEntries(failed.map(({ rule, message }) => [rule, message]));
    const passed = new Set((results ?? []).flatMap(({ rule, result }) => (result === "pass" ? [rule] : [])));
    // Neither rule may have been passed over.
    const accepted = code === 0 && failed.length === 0 && passed.size === 2 && summary.pass > 0;
    if (!accepted && failed.length === 0) throw new Error(`Kyverno judged nothing\n${stdout}${stderr}`);
    return { accepted, why };
  }

  /** What policy-controller says of an image, by all policies of the file. */
  async policyController(image: string): Promise<Verdict> {
    const args = ["-policy", "policies/policy-controller-production.yaml", "-image", image, "-log-level", "error"];
    const { code, stdout, stderr } = await this.#scene.attempt("policy-controller", ...args);
    if (code === 0) return { accepted: true, why: {} };
    const line = stdout.split("\n").find((one) => one.startsWith('{"errors"'));
    if (line === undefined) throw new Error(`policy-controller gave no verdict\n${stdout}${stderr}`);
    return { accepted: false, why: { image: tested.parse(JSON.parse(line)).errors.join("\n") } };
  }

  get host(): string {
    return this.#scene.host;
  }
}

function summaryOf(stage: string, result: "PASSED" | "FAILED") {
  return {
    verifier: { id: "urn:slipway:promote" },
    timeVerified: "2026-11-21T10:00:00Z",
    resourceUri: `oci://interop/tiny-llm?stage=${stage}`,
    policy: { digest: { sha256: "0".repeat(64) } },
    inputAttestations: [],
    verificationResult: result,
    verifiedLevels: [`SLIPWAY_STAGE_${stage.toUpperCase()}`],
    slsaVersion: "1.1",
  };
}
