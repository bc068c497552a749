import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { installedAt } from "../../../scripts/peers/places.ts";
import { peerNamed } from "../../../scripts/peers/table.ts";
import { registries } from "../../interop/support/registries.ts";
import { RegistryScene } from "../../interop/support/registry-scene.ts";
import { bundleForm } from "../../interop/support/sigstore/cosign-flags.ts";
import { githubClaims } from "../../interop/support/sigstore/github-claims.ts";
import { startSigstore } from "../../interop/support/sigstore/start-sigstore.ts";
import { inTurn } from "../oci/in-turn.ts";
import { rounds } from "../oci/sizes.ts";
import { Meter } from "./meter.ts";

const services = ["fulcio", "rekor-server-posix", "timestamp-server"];

/** Signing without a key, by a Sigstore on loopback: certificate, log and timestamp. Nothing where it is not installed. */
export async function keyless(): Promise<readonly Measurement[]> {
  const missing = services.filter((name) => {
    const known = peerNamed(name);
    return known === undefined || installedAt(known) === undefined;
  });
  if (missing.length > 0) {
    console.error(`Signing without a key was not measured: npm run peers -- ${missing.join(" ")}`);
    return [];
  }
  await using stack = await startSigstore();
  await using scene = await RegistryScene.open(registries["crane with referrers"]);
  const { signing } = bundleForm(stack);
  const meter = new Meter(scene);
  const asked = [
    ...["--fulcio-url", stack.fulcio.origin, "--rekor-url", stack.rekor.origin],
    ...["--timestamp-url", stack.timestamps.href, "--identity-token", "token", "--format", "bundle"],
  ];
  for (let round = 0; round < rounds; round += 1) {
    await writeFile(join(scene.work, "token"), stack.github.token(githubClaims()), { mode: 0o600 });
    const tasks: readonly (() => Promise<void>)[] = [
      async () => {
        const { reference } = await scene.release(`bench/slipway-${round}`);
        await meter.slipway("sign", "sign", reference, ...asked);
      },
      async () => {
        const { image } = await scene.release(`bench/cosign-${round}`);
        const flags = ["--identity-token=token", "--allow-http-registry", "--yes"];
        await meter.cosign("cosign sign", "sign", ...signing, ...flags, image);
      },
    ];
    for (const task of inTurn(round, tasks)) await task();
  }
  const { figures } = meter;
  return [
    { name: "keyless: cosign sign bundle", value: figures.of("cosign sign"), unit: "ms" },
    { name: "keyless: sign bundle", value: figures.of("sign"), unit: "ms" },
    { name: "keyless: sign bundle / cosign", value: figures.ratio("sign", "cosign sign"), unit: "×" },
  ];
}
