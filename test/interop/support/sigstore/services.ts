import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import * as z from "zod";
import { freePort } from "../registries.ts";
import { fulcioSettings } from "./fulcio-settings.ts";
import { type ServerProgram, startProgram } from "./server-program.ts";

/*
 * Sigstore's three services as programs on loopback, each in a directory of its own.
 */

interface Service extends ServerProgram {
  readonly url: URL;
}

/** A service that issues certificates. */
interface Issuing extends Service {
  /** Certificates in PEM, from the one that signs to the root. */
  readonly chain: readonly string[];
}

const trustBundle = z.object({ chains: z.tuple([z.object({ certificates: z.array(z.string()) })]) });

/** Fulcio with a new root certificate and no log of its certificates: verifiers must not ask for one. */
export async function startFulcio(directory: string, issuers: Parameters<typeof fulcioSettings>[0]): Promise<Issuing> {
  const [port, grpcPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const settings = join(directory, "fulcio.yaml");
  await writeFile(settings, stringify(fulcioSettings(issuers)));
  const url = new URL(`http://127.0.0.1:${port}`);
  const answers = new URL("/api/v2/trustBundle", url);
  const listening = [
    "--log_type=prod",
    "--host=127.0.0.1",
    `--port=${port}`,
    "--grpc-host=127.0.0.1",
    `--grpc-port=${grpcPort}`,
  ];
  // Its socket for older clients lies at one place for the whole machine unless told otherwise.
  const alone = [`--metrics-port=${metricsPort}`, `--legacy-unix-domain-socket=${join(directory, "legacy.sock")}`];
  const authority = ["--ca=ephemeralca", "--ct-log-url=", `--config-path=${settings}`];
  const program = await startProgram("fulcio", ["serve", ...listening, ...alone, ...authority], directory, answers);
  const { chains } = trustBundle.parse(await (await fetch(answers)).json());
  return { ...program, url, chain: chains[0].certificates };
}

/** A timestamp authority with a new key and root certificate (RFC 3161). */
export async function startTimestamps(directory: string): Promise<Issuing> {
  const url = new URL(`http://127.0.0.1:${await freePort()}/api/v1/timestamp`);
  const answers = new URL(`${url.href}/certchain`);
  const program = await startProgram("timestamp-server", [`-port=${url.port}`], directory, answers);
  const chain = (await (await fetch(answers)).text()).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g);
  return { ...program, url, chain: chain ?? [] };
}

/** Rekor v2 with a new log in the directory. */
export async function startRekor(directory: string): Promise<Service & { readonly publicKey: KeyObject }> {
  const [port, grpcPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const key = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const signer = join(directory, "rekor.pem");
  await writeFile(signer, key.privateKey, { mode: 0o600 });
  const url = new URL(`http://127.0.0.1:${port}`);
  const ports = [`--http-port=${port}`, `--grpc-port=${grpcPort}`, `--http-metrics-port=${metricsPort}`];
  // Verifiers take the origin of its checkpoints from the host name of its address.
  const log = [`--signer-filepath=${signer}`, `--storage-dir=${join(directory, "log")}`, `--hostname=${url.hostname}`];
  // An entry is answered with once a checkpoint covers it.
  const prompt = ["--batch-max-age=20ms", "--checkpoint-interval=100ms"];
  const args = ["serve", ...ports, ...log, ...prompt];
  const program = await startProgram("rekor-server-posix", args, directory, new URL("/healthz", url));
  const publicKey = createPublicKey(createPrivateKey(key.privateKey));
  return { ...program, url, publicKey };
}
