import type { Policy } from "../../lifecycle/index.ts";
import { type Finding, finding } from "../../oci/index.ts";
import type { SigningFindings } from "../../signing/index.ts";

/** Whether what is signed will have a time that a policy accepts; undefined where the policy takes anybody's word. */
export function judgeTimes({ times, file }: Policy, services: SigningFindings["services"]): Finding | undefined {
  if (times === "asserted") return undefined;
  const check = "proven times";
  if (services.timestamps || services.rekor === 1) {
    return finding(check, "ok", `${file} wants proven times, and somebody was named who proves them`);
  }
  return finding(
    check,
    "failed",
    `${file} wants proven times, and nobody was named who proves them`,
    "What is signed will count for nothing: give `timestamp-url`; a log of version 1 will do, too.",
  );
}
