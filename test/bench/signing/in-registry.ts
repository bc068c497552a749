import type { Measurement } from "../../../scripts/bench/measurement.ts";
import type { RegistryScene } from "../../interop/support/registry-scene.ts";
import { inTurn } from "../oci/in-turn.ts";
import { rounds } from "../oci/sizes.ts";
import type { RegistryKind } from "../oci/with-registry.ts";
import { bareRequests } from "./bare-requests.ts";
import { Meter } from "./meter.ts";
import { openSigningScene, predicateOf, repository, statements, stating, typeOf } from "./scene.ts";

/** Most requests that a step may make, so that one more for each statement is seen; signing attaches three things. */
export interface RequestBudget {
  readonly verify: number;
  readonly sign: number;
  readonly attest: number;
}

const byKey = ["--key", "key.pem"];
const trusted = ["--key", "key.pub"];
const audit = ["--for", "audit", "--policy", "release-policy.yaml"];
const formats = ["both", "bundle", "legacy"] as const;
const last = statements + 1;

/** Everything in one registry, each thing in turn with what it is compared with. */
export async function inRegistry(kind: RegistryKind, most: RequestBudget): Promise<readonly Measurement[]> {
  const { scene, subject } = await openSigningScene(kind);
  await using _ = scene;
  const meter = new Meter(scene);
  const image = `${scene.host}/${repository}@${subject}`;
  const verifying = (host: string) => ["verify", `${host}/${repository}@${subject}`, ...trusted];
  const asked = await meter.requests(verifying);
  const cosign = await cosignArguments(scene);

  for (let round = 0; round < rounds; round += 1) {
    // Nothing that is signed here was signed before.
    const fresh = (who: string) => scene.release(`bench/${who}-${round}`);
    const copy = async (who: string) => {
      const to = `${scene.host}/bench/${who}-${round}`;
      await scene.tool("crane", "copy", "--insecure", "--all-tags", `${scene.host}/${repository}`, to);
      return `${to}@${subject}`;
    };
    const tasks: readonly (() => Promise<unknown>)[] = [
      () => meter.slipway("verify", ...verifying(scene.host)),
      () => meter.slipway("verify for audit", "verify", image, ...audit),
      () => meter.timed("cosign verify", () => cosign.verifyAll(image)),
      // It ends where a key is missing, before anything is asked of a registry.
      () => meter.timed("start", () => scene.refusal("verify", image, "--key", "missing.pub")),
      async () => meter.figures.note("bare requests", await bareRequests(scene.host, asked)),
      ...formats.map((format) => async () => {
        const { reference } = await fresh(format);
        await meter.slipway(`sign ${format}`, "sign", reference, ...byKey, "--format", format);
      }),
      async () => {
        const { image: unsigned } = await fresh("cosign");
        await meter.cosign("cosign sign bundle", "sign", ...cosign.inBundle, unsigned);
        await meter.cosign("cosign sign legacy", "sign", ...cosign.inTags, unsigned);
      },
      async () => {
        const reference = await copy("attested");
        await meter.slipway("attest", "attest", reference, ...stating(last), ...byKey);
      },
      async () => {
        const predicate = ["--type", typeOf(last), "--predicate", predicateOf(last)];
        const attested = await copy("attested-by-cosign");
        await meter.cosign("cosign attest bundle", "attest", ...predicate, ...cosign.inBundle, attested);
        await meter.cosign("cosign attest legacy", "attest", ...predicate, ...cosign.inTags, attested);
      },
    ];
    for (const task of inTurn(round, tasks)) await task();
  }

  const { reference } = await scene.release("bench/counted");
  const there = (host: string) => reference.replace(scene.host, host);
  const signed = await meter.requests((host) => ["sign", there(host), ...byKey]);
  const attested = await meter.requests((host) => [
    "attest",
    `${host}/${repository}@${subject}`,
    ...stating(last),
    ...byKey,
  ]);
  const { figures } = meter;
  const name = (text: string): string => `${kind}: ${text}`;
  const ms = (text: string): Measurement => ({ name: name(text), value: figures.of(text), unit: "ms" });
  const together = (command: string): number =>
    figures.of(`cosign ${command} bundle`) + figures.of(`cosign ${command} legacy`);
  const requests = (text: string, value: number, budget: number): Measurement => ({
    name: name(`${text}: requests`),
    value,
    unit: "requests",
    budget,
  });
  const ratio = (text: string, other: string, value: number, budget: number): Measurement => ({
    name: name(`${text} / ${other}`),
    value: figures.of(text) / value,
    unit: "×",
    budget,
  });
  const cosignVerify = figures.of("cosign verify");
  return [
    ms("start"),
    ms("bare requests"),
    ms("cosign verify"),
    { ...ms("verify"), budget: 500 },
    ratio("verify", "cosign", cosignVerify, 0.5),
    { ...ms("verify for audit"), budget: 500 },
    ratio("verify for audit", "cosign", cosignVerify, 0.5),
    requests("verify", asked.length, most.verify),
    ms("cosign sign bundle"),
    ms("cosign sign legacy"),
    ms("sign both"),
    ratio("sign both", "cosign twice", together("sign"), 1),
    ms("sign bundle"),
    ms("sign legacy"),
    requests("sign", signed.length, most.sign),
    ms("cosign attest bundle"),
    ms("cosign attest legacy"),
    ms("attest"),
    ratio("attest", "cosign twice", together("attest"), 1),
    requests("attest", attested.length, most.attest),
    { name: name("peak memory"), value: meter.peakMemory, unit: "MB", budget: 200 },
  ];
}

/** cosign with our key, asking nobody but the registry. */
async function cosignArguments(scene: RegistryScene) {
  const reach = "--allow-http-registry";
  const signing = ["--key", "cosign.key", reach, "--yes"];
  const verifying = ["--key", "key.pub", reach, "--insecure-ignore-tlog"];
  return {
    inBundle: [...signing, ...(await scene.withoutServices())],
    inTags: [...signing, "--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"],
    /** The answers that one run of `slipway verify` gives, one by one. */
    async verifyAll(image: string): Promise<void> {
      await scene.tool("cosign", "verify", ...verifying, image);
      for (let number = 1; number <= statements; number += 1) {
        await scene.tool("cosign", "verify-attestation", "--type", typeOf(number), ...verifying, image);
      }
    },
  };
}
