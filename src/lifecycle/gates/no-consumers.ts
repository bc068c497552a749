import { failed, type GateContext, type GateVerdict, met } from "./gate.ts";

const mostShown = 5;

/** No pointer of any environment names the release. */
export function judgeNoConsumers({ consumers, dossier, policy }: GateContext): GateVerdict {
  if (consumers === undefined) {
    return failed(
      "the environments' pointers could not be read, so nobody knows who uses the release",
      "Make every environment's repository reachable and run it again.",
    );
  }
  const using = consumers.filter(({ subject }) => subject === dossier.subject);
  if (using.length > 0) {
    const shown = using.slice(0, mostShown).map(({ environment, pointer }) => `${environment}/${pointer}`);
    const more = using.length > mostShown ? ` and ${using.length - mostShown} more` : "";
    return failed(`named by ${shown.join(", ")}${more}`, "Move these pointers to another release first.");
  }
  return met(`none of ${consumers.length} pointers in ${policy.environments.size} environments names it`);
}
