import { type Finding, finding } from "../../finding.ts";
import type { RegistryFacts } from "../known-registries.ts";
import { type Asked, outcomeOf } from "./asked.ts";
import type { FirstAnswer } from "./observations.ts";

/** A clock that is off by more makes tokens start in the future, and proven times contradict asserted ones. */
const mostSkewMs = 60_000;

/** Whether the registry answers at all, and whether its certificate is trusted. */
export function judgeConnection(origin: URL, ping: Asked, first: FirstAnswer | undefined): Finding {
  if (first === undefined) {
    const advice = ping.remedy ?? "Nothing can be pushed or pulled; look at the network and the registry's name.";
    return finding("connection", "failed", ping.words, advice);
  }
  const trust =
    origin.protocol === "https:"
      ? "over https, with a certificate that is trusted"
      : "over plain HTTP, on this machine";
  return finding("connection", "ok", `${origin.host} answers in ${first.took} ms ${trust}`);
}

/** Which registry it is, and whether what answers is one at all. */
export function judgeKind(known: RegistryFacts | undefined, { status, headers }: FirstAnswer): Finding {
  const server = headers["server"] === undefined ? "" : `; it calls itself ${headers["server"]}`;
  if (known !== undefined) return finding("kind", "ok", `it is ${known.name}${server}`);
  if (headers["docker-distribution-api-version"]?.startsWith("registry/2") === true) {
    return finding("kind", "ok", `a registry of the distribution API, of no known make${server}`);
  }
  const speaks = status === 200 || status === 401;
  if (speaks && !/html/i.test(headers["content-type"] ?? "")) {
    return finding("kind", "ok", `it answers /v2/ with ${status}, as registries do${server}`);
  }
  return finding(
    "kind",
    "warning",
    `/v2/ ${outcomeOf({ status, words: headers["content-type"] ?? "" })}${server}`,
    "This may be a login page or a proxy and no registry: look at what answers there, and at the host's name.",
  );
}

/** Whether the registry's clock and ours agree. */
export function judgeClock({ headers, at }: Pick<FirstAnswer, "headers" | "at">): Finding {
  const theirs = Date.parse(headers["date"] ?? "");
  if (Number.isNaN(theirs)) return finding("clock", "unknown", "the registry does not say what time it is");
  // The header has whole seconds.
  const skew = Math.max(0, Math.abs(at - theirs) - 1000);
  if (skew <= mostSkewMs)
    return finding("clock", "ok", `within ${Math.max(1, Math.ceil(skew / 1000))} s of the registry's`);
  return finding(
    "clock",
    "warning",
    `this machine is ${Math.round(skew / 1000)} s ${at > theirs ? "ahead of" : "behind"} the registry`,
    "Tokens may count as over or not yet valid, and times in evidence as wrong: set this machine's clock (NTP).",
  );
}
