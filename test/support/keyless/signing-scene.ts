import { chmod, writeFile } from "node:fs/promises";
import { dsse } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { type Host, readInputs, registryInputs } from "../../../src/contract/index.ts";
import { encodeSignatureStatement, evidenceType } from "../../../src/evidence/index.ts";
import { type Descriptor, emptyJson, mediaType } from "../../../src/oci/index.ts";
import { attachSignature, type EvidenceFormat } from "../../../src/signing/attach.ts";
import { encodeSimpleSigning } from "../../../src/signing/legacy/simple-signing.ts";
import { openSigner } from "../../../src/signing/open-signer.ts";
import type { StatementSigner } from "../../../src/signing/signer.ts";
import { signerInputs } from "../../../src/signing/signer-inputs.ts";
import { MemoryStore } from "../memory-store.ts";
import { quietHost } from "../quiet-host.ts";
import { type FulcioOptions, fulcioHandler } from "../sigstore/fulcio-handler.ts";
import { type IdentityIssuer, identityIssuer } from "../sigstore/identity-issuer.ts";
import { makeSigstore, type Sigstore, type TrustedRootOptions } from "../sigstore/index.ts";
import { rekorHandler } from "../sigstore/rekor-handler.ts";
import { type Served, serve } from "../sigstore/serve.ts";
import { timestampHandler } from "../sigstore/timestamp-handler.ts";
import { type Temporary, temporaryDirectory } from "../temporary.ts";

/** The workflow that signs unless another is said. */
export const workflow = "https://github.com/acme/models/.github/workflows/release.yml@refs/heads/main";

/** A store with something to sign, and the services of a Sigstore as servers in this process. */
export interface SigningScene extends AsyncDisposable {
  readonly directory: Temporary;
  readonly sigstore: Sigstore;
  readonly issuer: IdentityIssuer;
  readonly fulcio: Served;
  /** Rekor 2; it takes signatures of the subject. */
  readonly rekor: Served;
  readonly timestamps: Served;
  readonly store: MemoryStore;
  readonly subject: Descriptor;
  /** What was said, and what was to be hidden. */
  readonly lines: readonly string[];
  readonly masked: readonly string[];
  /** Where a job's identity tokens come from. */
  provider: Host["identityProvider"];
  /** Opens the signer that the texts of a step's inputs name. */
  open(texts: Readonly<Record<string, string>>): Promise<StatementSigner>;
  /** Signs the subject as the step does. */
  sign(signer: StatementSigner, format: EvidenceFormat): Promise<unknown>;
  /** Writes a file that only its owner can read, and gives its name. */
  secret(name: string, content: string | Buffer): Promise<string>;
  /** A file with a token of a workflow. */
  tokenOf(subject: string): Promise<string>;
  root(options?: TrustedRootOptions): TrustedRoot;
  /** The same as a file. */
  rootFile(root?: object): Promise<string>;
  /** How many requests each service had. */
  asked(): { readonly fulcio: number; readonly rekor: number; readonly timestamps: number };
}

export async function startSigningScene(options: FulcioOptions = {}): Promise<SigningScene> {
  await using started = new AsyncDisposableStack();
  const directory = started.use(await temporaryDirectory());
  const [sigstore, issuer, store] = [makeSigstore(), identityIssuer(), new MemoryStore()];
  await store.push(mediaType.emptyJson, emptyJson.bytes);
  const manifest = { schemaVersion: 2, mediaType: mediaType.manifest, config: emptyJson.descriptor, layers: [] };
  const subject = await store.announce(Buffer.from(JSON.stringify(manifest)), mediaType.manifest, "1.0.0-jetson");
  const statement = encodeSignatureStatement(subject.digest);
  const signed = [
    dsse.preAuthEncoding(evidenceType.payload, Buffer.from(statement)),
    encodeSimpleSigning(subject.digest, ""),
  ];
  const fulcio = started.use(await serve(fulcioHandler(sigstore.fulcio, issuer, options)));
  const rekor = started.use(await serve(rekorHandler(sigstore.log, signed)));
  const timestamps = started.use(await serve(timestampHandler(sigstore.timestamps)));
  const masked: string[] = [];
  const host = quietHost(directory.path);
  const kept = started.move();
  let tags = 0;
  const secret = async (name: string, content: string | Buffer) => {
    await writeFile(directory.at(name), content);
    await chmod(directory.at(name), 0o600);
    return name;
  };
  const scene: SigningScene = {
    directory,
    sigstore,
    issuer,
    fulcio,
    rekor,
    timestamps,
    store,
    subject,
    lines: host.lines,
    masked,
    provider: undefined,
    async open(texts) {
      const contract = { name: "sign", inputs: { ...signerInputs, ...registryInputs } };
      const given = readInputs(contract, texts, { directory: directory.path, env: {} });
      return openSigner(given, {
        ...host,
        mask: (value) => void masked.push(value),
        now: () => new Date(),
        identityProvider: scene.provider,
      });
    },
    sign(signer, format) {
      tags += 1;
      const tag = `1.0.0-jetson_sign.${tags}.1`;
      return attachSignature(store, { subject, statement, signer, tag, created: new Date(), format });
    },
    secret,
    tokenOf: (name) => secret("token", `${issuer.token({ sub: name })}\n`),
    root: (trusted) => TrustedRoot.fromJSON(sigstore.trustedRoot(trusted)),
    async rootFile(root = sigstore.trustedRoot()) {
      await writeFile(directory.at("trusted_root.json"), JSON.stringify(root));
      return directory.at("trusted_root.json");
    },
    asked: () => ({
      fulcio: fulcio.asked.length,
      rekor: rekor.asked.length,
      timestamps: timestamps.asked.length,
    }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
  return scene;
}
