import { mkdir, writeFile } from "node:fs/promises";
import {
  type SigningServices,
  signingConfig,
  type TrustedLog,
  type TrustedRootJson,
  trustedAuthority,
  trustedLog,
  trustedRoot,
} from "../../../support/sigstore/trusted-root.ts";
import { temporaryDirectory } from "../../../support/temporary.ts";
import { type OidcIssuer, startOidcIssuer } from "./oidc-issuer.ts";
import { startFulcio, startRekor, startTimestamps } from "./services.ts";

/** Fulcio, Rekor v2 and a timestamp authority of one test's own, and the issuers that its Fulcio knows. */
export interface PrivateSigstore extends AsyncDisposable {
  readonly fulcio: URL;
  /** Rekor v2. */
  readonly rekor: URL;
  /** Where timestamps are asked for, with its path. */
  readonly timestamps: URL;
  /** Of people: a token needs `email` and `email_verified: true`, and the address becomes the identity. */
  readonly issuer: OidcIssuer;
  /** Of the jobs of GitHub Actions: `githubClaims`, `githubIdentity`. */
  readonly github: OidcIssuer;
  /** The same as `github` under another address: its identities are right, and its issuer is wrong. */
  readonly otherGithub: OidcIssuer;
  /** File that tells verifiers to trust these services and nobody else. */
  readonly trustedRoot: string;
  readonly trustedRootJson: TrustedRootJson;
  /** File that makes cosign sign with Fulcio, Rekor v2 and a timestamp. */
  readonly signingConfig: string;
  /** Writes a file like `trustedRoot` with these logs instead of Rekor v2. */
  trustedRootWith(logs: readonly TrustedLog[]): Promise<string>;
  /** Writes a file like `signingConfig` with these services. */
  signingConfigWith(services: SigningServices): Promise<string>;
  /** The end of what the three programs printed, for the message of what they refused. */
  lastOutput(): string;
}

/**
 * Starts a whole Sigstore on loopback. Its certificates are in no log, so verifiers need what leaves that out
 * (cosign's `--insecure-ignore-sct`).
 *
 * @throws Error with the last output of the program that did not start; whatever did has ended by then
 */
export async function startSigstore(): Promise<PrivateSigstore> {
  await using started = new AsyncDisposableStack();
  const directory = started.use(await temporaryDirectory());
  const keep = <T extends AsyncDisposable>(part: Promise<T>) => part.then((running) => started.use(running));
  const home = async (name: string) => {
    await mkdir(directory.at(name));
    return directory.at(name);
  };

  const [issuer, github, otherGithub] = await Promise.all([
    keep(startOidcIssuer()),
    keep(startOidcIssuer()),
    keep(startOidcIssuer()),
  ]);
  const issuers = [
    { issuer, kind: "email" },
    { issuer: github, kind: "github" },
    { issuer: otherGithub, kind: "github" },
  ] as const;
  // One after the other: what fails must not leave behind what is still starting.
  const fulcio = await keep(startFulcio(await home("fulcio"), issuers));
  const timestamps = await keep(startTimestamps(await home("timestamps")));
  const rekor = await keep(startRekor(await home("rekor")));

  let written = 0;
  const write = async (name: string, content: object) => {
    written += 1;
    const file = directory.at(`${name}-${written}.json`);
    await writeFile(file, JSON.stringify(content, undefined, 2));
    return file;
  };
  const rootWith = (tlogs: readonly TrustedLog[]) =>
    trustedRoot({
      tlogs,
      certificateAuthorities: [trustedAuthority(fulcio.url, fulcio.chain)],
      timestampAuthorities: [trustedAuthority(timestamps.url, timestamps.chain)],
    });
  const trustedRootJson = rootWith([trustedLog(rekor.url, rekor.publicKey)]);
  const services = { fulcio: fulcio.url, rekor: { url: rekor.url, version: 2 }, timestamps: timestamps.url } as const;
  const files = {
    trustedRoot: await write("trusted-root", trustedRootJson),
    signingConfig: await write("signing-config", signingConfig(services)),
  };
  const running = started.move();
  return {
    fulcio: fulcio.url,
    rekor: rekor.url,
    timestamps: timestamps.url,
    issuer,
    github,
    otherGithub,
    trustedRootJson,
    ...files,
    trustedRootWith: (logs) => write("trusted-root", rootWith(logs)),
    signingConfigWith: (chosen) => write("signing-config", signingConfig(chosen)),
    lastOutput: () => [fulcio, timestamps, rekor].map((service) => service.lastOutput()).join("\n"),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
