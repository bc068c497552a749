import type { Host, InputValues, Secret } from "../contract/index.ts";
import { reachOf, type registryInputs } from "../contract/index.ts";
import { isCommandGiven, openCommandSigner } from "./command/open-command-signer.ts";
import { signingError } from "./errors.ts";
import { readSigningKey } from "./key.ts";
import { keySigner, type Vouching } from "./key-signer.ts";
import type { SigningService } from "./keyless/index.ts";
import type { StatementSigner, Witness } from "./signer.ts";
import type { signerInputs } from "./signer-inputs.ts";
import { readTrustedRootFile } from "./trust/read-root-file.ts";

/** What a step was given to sign with. */
type GivenSigner = InputValues<typeof signerInputs> & InputValues<typeof registryInputs>;
type SigningHost = Pick<Host, "mask" | "warn" | "info" | "signal" | "now" | "identityProvider" | "directory">;

/** Whether a step was given anything to sign with; some steps also have something to say without. */
export function canSign(given: GivenSigner): boolean {
  return given.key !== undefined || given["fulcio-url"] !== undefined || isCommandGiven(given);
}

/**
 * Opens what a step was given to sign with, and keeps every secret of it out of what the host writes. Nothing is
 * contacted that was not named.
 *
 * @throws SlipwayError SIGNER_MISSING, SIGNER_AMBIGUOUS, WITNESS_MISSING, IDENTITY_TOKEN_MISSING, SECRET_UNREADABLE,
 *   KEY_*, TRUSTED_ROOT_INVALID, SERVICE_*, FULCIO_*
 */
export async function openSigner(given: GivenSigner, host: SigningHost): Promise<StatementSigner> {
  const { key, password, "fulcio-url": fulcio } = given;
  const ways = [key !== undefined, fulcio !== undefined, isCommandGiven(given)].filter((way) => way);
  if (ways.length > 1) {
    throw signingError("SIGNER_AMBIGUOUS", "more than one of `key`, `fulcio-url` and a command that signs was given");
  }
  const { service, witness } = await openWitness(given, host);
  const path = given["trusted-root"];
  const root = path === undefined ? undefined : await readTrustedRootFile(path);
  const vouching = { witness, root };
  if (key !== undefined || isCommandGiven(given)) warnOfPublicity(given, host);
  if (isCommandGiven(given)) return openCommandSigner(given, host, vouching);
  if (key !== undefined) {
    return openKeySigner({ key, password }, host, vouching);
  }
  if (fulcio === undefined || service === undefined) {
    throw signingError("SIGNER_MISSING", "nothing was given to sign with");
  }
  if (witness === undefined || (witness.stamp === undefined && given["rekor-version"] === "2")) {
    throw signingError("WITNESS_MISSING", "nobody was named who vouches for the time of signatures");
  }
  warnOfPublicity(given, host);
  const { keylessSigner } = await import("./keyless-signer.ts");
  const signer = await keylessSigner({
    fulcio: serviceUrl(fulcio, "fulcio-url"),
    token: () => identityToken(given, host, service),
    service,
    witness,
    root,
    now: host.now,
  });
  const { signatory } = signer;
  if (signatory.kind === "identity") host.info(`signing as ${signatory.subject}, of ${signatory.issuer}`);
  return signer;
}

/**
 * Opens a key, and keeps it and its password out of what the host writes.
 * @throws SlipwayError SECRET_UNREADABLE, KEY_*
 */
export async function openKeySigner(
  { key, password }: { readonly key: Secret; readonly password: Secret | undefined },
  host: Pick<Host, "mask" | "warn">,
  vouching?: Vouching,
): Promise<StatementSigner> {
  const pem = await readSecret(key, host);
  const passphrase = password === undefined ? undefined : await readSecret(password, host);
  return keySigner(readSigningKey(pem, passphrase, key.place), vouching);
}

/** Who vouches for signatures, as far as somebody was named; what is not asked for is not even loaded. */
async function openWitness(
  given: GivenSigner,
  host: SigningHost,
): Promise<{ readonly service: SigningService | undefined; readonly witness: Witness | undefined }> {
  const { "fulcio-url": fulcio, "rekor-url": rekor, "timestamp-url": timestamps } = given;
  if (fulcio === undefined && rekor === undefined && timestamps === undefined) {
    return { service: undefined, witness: undefined };
  }
  const [{ openSigningService }, { witnessOf }] = await Promise.all([
    import("./keyless/index.ts"),
    import("./witness.ts"),
  ]);
  const service = await openSigningService({ reach: reachOf(given, host), signal: host.signal });
  const version = given["rekor-version"] === "1" ? 1 : 2;
  const witness = witnessOf(
    {
      rekor: rekor === undefined ? undefined : { url: serviceUrl(rekor, "rekor-url"), version },
      timestamps: timestamps === undefined ? undefined : serviceUrl(timestamps, "timestamp-url"),
    },
    service,
  );
  return { service, witness };
}

async function identityToken(given: GivenSigner, host: SigningHost, service: SigningService): Promise<string> {
  const file = given["identity-token"];
  if (file !== undefined) return (await readSecret(file, host)).toString("utf8").trim();
  const provider = host.identityProvider;
  if (provider === undefined) throw signingError("IDENTITY_TOKEN_MISSING", "there is no identity token to sign with");
  const { requestIdentityToken } = await import("./keyless/index.ts");
  const token = (await readSecret(provider.token, host)).toString("utf8").trim();
  const url = serviceUrl(provider.url, "ACTIONS_ID_TOKEN_REQUEST_URL");
  const made = await requestIdentityToken({ provider: { url, token }, audience: "sigstore", service });
  host.mask(made);
  return made;
}

async function readSecret(secret: Secret, host: Pick<Host, "mask" | "warn">): Promise<Buffer> {
  const bytes = await secret.read();
  host.mask(bytes.toString("utf8"));
  if ((await secret.isExposed?.()) === true) {
    host.warn(`every user of this machine can read ${secret.place}; mount it with mode 0440, or chmod it`);
  }
  return bytes;
}

function serviceUrl(text: string, name: string): URL {
  const url = URL.parse(text);
  if (url === null) throw signingError("SERVICE_UNNAMED", `${name} is not a URL`);
  return url;
}

/** Hosts whose logs everybody can read, and search. */
const publicHosts = /(^|\.)sigstore\.dev\.?$/;

/** Comes before anything is sent there. */
function warnOfPublicity(given: GivenSigner, host: SigningHost): void {
  const named = [given["fulcio-url"], given["rekor-url"]].flatMap((text) => URL.parse(text ?? "")?.hostname ?? []);
  const open = named.filter((name) => publicHosts.test(name));
  if (open.length === 0) return;
  host.warn(
    `${open.join(" and ")}: a public log; who signs, when, and the digest of what, can be read by everybody, for ever`,
  );
}
