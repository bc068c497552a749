import { type Finding, finding } from "../../oci/index.ts";
import type { Services } from "./requirements.ts";

/** Whether what was given is one way to sign, and enough; undefined when nothing was given to sign with. */
export function judgeSigner(key: boolean, { fulcio, rekor, timestamps }: Services): Finding | undefined {
  const check = "signer";
  if (key && fulcio) {
    return finding(check, "failed", "a key and fulcio-url are given", "Steps that sign refuse that: give one of them.");
  }
  const witnesses = [...(timestamps ? ["a timestamp authority"] : []), ...(rekor === undefined ? [] : ["a log"])];
  const vouched = witnesses.length === 0 ? "nobody" : witnesses.join(" and ");
  if (key) return finding(check, "ok", `a key signs; vouched for by ${vouched}`);
  if (!fulcio) return undefined;
  if (timestamps || rekor === 1)
    return finding(check, "ok", `a key with a certificate signs; vouched for by ${vouched}`);
  return finding(
    check,
    "failed",
    "nobody vouches for the time of what is signed without a key",
    "Steps that sign refuse that, since nobody could verify it after ten minutes: give `timestamp-url`.",
  );
}
