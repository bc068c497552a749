import type { RekorV1 } from "../../../support/sigstore/rekor-v1.ts";
import {
  bundleForm,
  type KeylessForm,
  legacyForm,
  rekorV1BundleForm,
  rekorV1LegacyForm,
  unloggedBundleForm,
} from "./cosign-flags.ts";
import type { PrivateSigstore } from "./start-sigstore.ts";

/** A form that Slipway and cosign both sign and attest in. */
export interface SharedForm {
  /** Arguments of Slipway's steps that sign. */
  readonly slipway: readonly string[];
  readonly cosign: KeylessForm;
  /** File that names the services which are used, and no others: Slipway requires what it names. */
  readonly trustedRoot: string;
  /** The same with the services of another stack. */
  rootOf(other: PrivateSigstore): Promise<string>;
}

const forms = {
  "a bundle in Rekor v2 with a timestamp": async (stack: PrivateSigstore) => ({
    slipway: ["--format=bundle", ...asking(stack), `--rekor-url=${stack.rekor.href}`],
    cosign: bundleForm(stack),
    trustedRoot: stack.trustedRoot,
    rootOf: async (other: PrivateSigstore) => other.trustedRoot,
  }),
  "a bundle with a timestamp alone": async (stack: PrivateSigstore) => ({
    slipway: ["--format=bundle", ...asking(stack)],
    cosign: await unloggedBundleForm(stack),
    trustedRoot: await stack.trustedRootWith([]),
    rootOf: (other: PrivateSigstore) => other.trustedRootWith([]),
  }),
  "tags with a timestamp alone": async (stack: PrivateSigstore) => ({
    slipway: ["--format=legacy", ...asking(stack)],
    cosign: legacyForm(stack),
    trustedRoot: await stack.trustedRootWith([]),
    rootOf: (other: PrivateSigstore) => other.trustedRootWith([]),
  }),
  "a bundle in Rekor v1": async (stack: PrivateSigstore, log: RekorV1) => {
    const trustedRoot = await stack.trustedRootWith([log.trusted]);
    return {
      slipway: ["--format=bundle", ...loggedInV1(stack, log)],
      cosign: await rekorV1BundleForm(stack, log.url, trustedRoot),
      trustedRoot,
      rootOf: (other: PrivateSigstore) => other.trustedRootWith([log.trusted]),
    };
  },
  "tags in Rekor v1": async (stack: PrivateSigstore, log: RekorV1) => {
    const trustedRoot = await stack.trustedRootWith([log.trusted]);
    return {
      slipway: ["--format=legacy", ...loggedInV1(stack, log)],
      cosign: rekorV1LegacyForm(stack, log.url, trustedRoot),
      trustedRoot,
      rootOf: (other: PrivateSigstore) => other.trustedRootWith([log.trusted]),
    };
  },
} satisfies Record<string, (stack: PrivateSigstore, log: RekorV1) => Promise<SharedForm>>;

/** What each form is called, and how it is put together for services. */
export const sharedForms: readonly (readonly [
  string,
  (stack: PrivateSigstore, log: RekorV1) => Promise<SharedForm>,
])[] = Object.entries(forms);

function asking({ fulcio, timestamps }: PrivateSigstore): readonly string[] {
  return [`--fulcio-url=${fulcio.href}`, `--timestamp-url=${timestamps.href}`];
}

function loggedInV1({ fulcio }: PrivateSigstore, { url }: RekorV1): readonly string[] {
  return [`--fulcio-url=${fulcio.href}`, `--rekor-url=${url.href}`, "--rekor-version=1"];
}
