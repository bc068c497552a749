import { type Host, type InputValues, reachOf, type registryInputs } from "../../contract/index.ts";
import type { Finding } from "../../oci/index.ts";
import { signingError } from "../errors.ts";
import { openSigningService, type SigningService } from "../keyless/index.ts";
import type { signerInputs } from "../signer-inputs.ts";
import { readTrustedRootFile } from "../trust/read-root-file.ts";
import { keyHolder, type Signatory } from "../trust/signer-trust.ts";
import { failed, hear } from "./heard.ts";
import { judgeKey, tryKey } from "./key.ts";
import { judgeRequirements, type Services } from "./requirements.ts";
import { judgeSigner } from "./signer.ts";
import { judgeToken, tryToken } from "./token.ts";
import { judgeRoot, type PlacedRoot } from "./trusted-root.ts";
import { type Asking, probeFulcio, probeRekor, probeTimestamps } from "./witnesses.ts";

type Given = InputValues<typeof signerInputs> & InputValues<typeof registryInputs>;
type ProbeHost = Pick<Host, "info" | "mask" | "signal" | "now" | "identityProvider">;

/** What was found about what a step would sign with. */
export interface SigningFindings {
  readonly findings: readonly Finding[];
  /** Requests that were sent to signing services. */
  readonly requests: number;
  /** Who would sign: the holder of the key, or whom a certificate may name, the likeliest first; nobody where that is not known. */
  readonly signatories: readonly Signatory[];
  /** Whom signatures would be shown to. */
  readonly services: Services;
}

/** Signing waits for minutes if it must; somebody who looks does not. */
const persistence = { retries: 1, pause: 300, longestPause: 2000 };
const patience = 15_000;

/**
 * Looks at everything that a step is given to sign with: the key, or the identity token; the services that were named, and
 * none else; the trusted root, and the policy's. Nothing that a log would keep is asked for: no certificate, no entry.
 *
 * @param options `roots`: those that stand elsewhere, as in a policy; `readOnly`: ask for no stamp
 * @throws SlipwayError CA_FILE_UNUSABLE; the signal's reason
 */
export async function probeSigning(
  given: Given,
  host: ProbeHost,
  options: { readonly roots: readonly PlacedRoot[]; readonly readOnly: boolean },
): Promise<SigningFindings> {
  const { signal, now } = host;
  const { key, password, "identity-token": tokenFile, "trusted-root": rootPath } = given;
  const services = servicesIn(given);
  const counted = countRequests(
    await openSigningService({ reach: reachOf(given, host), signal, persistence, patience }),
  );
  const { service } = counted;
  const root = rootPath === undefined ? undefined : await hear(signal, () => readTrustedRootFile(rootPath));
  const roots = [
    ...(root !== undefined && "said" in root ? [{ place: "trusted-root", root: root.said }] : []),
    ...options.roots,
  ];
  const seenKey = key === undefined ? undefined : await tryKey({ key, password }, host);
  const seenToken = services.fulcio || tokenFile !== undefined ? await tryToken(tokenFile, host, service) : undefined;
  const signer = judgeSigner(key !== undefined, services);
  const how = { keyless: services.fulcio, readOnly: options.readOnly };
  const asked = await askServices(given, how, { service, roots, signal, now: () => host.now() });
  return {
    findings: [
      ...(signer === undefined ? [] : [signer]),
      ...(seenKey === undefined ? [] : [judgeKey(seenKey)]),
      ...(seenToken === undefined ? [] : [judgeToken(seenToken, now())]),
      ...asked,
      ...(root !== undefined && "failure" in root
        ? [failed("trusted-root", root.failure, "Nothing can be verified with it")]
        : []),
      ...roots.flatMap((placed) => [...judgeRoot(placed, now()), judgeRequirements(placed, services)]),
    ],
    requests: counted.requests(),
    signatories: signatoriesOf(seenKey?.key, seenToken),
    services,
  };
}

function servicesIn(given: Given): Services {
  const { "fulcio-url": fulcio, "rekor-url": rekor, "rekor-version": version, "timestamp-url": timestamps } = given;
  return {
    fulcio: fulcio !== undefined,
    rekor: rekor === undefined ? undefined : version === "1" ? 1 : 2,
    timestamps: timestamps !== undefined,
  };
}

/** Services do not wait for one another. */
async function askServices(
  given: Given,
  how: Parameters<typeof probeTimestamps>[1],
  asking: Asking,
): Promise<readonly Finding[]> {
  const version = given["rekor-version"] === "1" ? 1 : 2;
  const probes = [
    at("fulcio", given["fulcio-url"], "fulcio-url", (url) => probeFulcio(url, asking)),
    at("rekor", given["rekor-url"], "rekor-url", (url) => probeRekor(url, version, asking)),
    at("timestamps", given["timestamp-url"], "timestamp-url", (url) => probeTimestamps(url, how, asking)),
  ];
  return (await Promise.all(probes)).flat();
}

async function at(
  check: string,
  text: string | undefined,
  name: string,
  probe: (url: URL) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  if (text === undefined) return [];
  const url = URL.parse(text);
  if (url !== null) return probe(url);
  return [failed(check, signingError("SERVICE_UNNAMED", `${name} is not a URL`), "Nobody can be asked")];
}

function signatoriesOf(
  key: Awaited<ReturnType<typeof tryKey>>["key"] | undefined,
  token: Awaited<ReturnType<typeof tryToken>> | undefined,
): readonly Signatory[] {
  if (key !== undefined) return "said" in key ? [keyHolder(key.said.trusted)] : [];
  return token !== undefined && "said" in token ? token.said.identities : [];
}

function countRequests(service: SigningService): { readonly service: SigningService; requests(): number } {
  let requests = 0;
  return {
    requests: () => requests,
    service: {
      post(url, request, limit) {
        requests += 1;
        return service.post(url, request, limit);
      },
      get(url, request, limit) {
        requests += 1;
        return service.get(url, request, limit);
      },
    },
  };
}
