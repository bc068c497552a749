import { predicateProblem } from "../../evidence/index.ts";
import type { Evidence } from "../dossier.ts";
import { type GateContext, type GateVerdict, met, missing } from "./gate.ts";
import { alsoRejected, byWhom, statementsBy, validNow } from "./statements.ts";

/** A statement of a kind that the policy declares is there; what it says is not read. */
export function judgeStatement({ gate, dossier, now, policy }: GateContext): GateVerdict {
  const predicateType = gate.predicateType ?? "";
  const read = ({ predicate }: Evidence) =>
    predicateProblem(predicateType, predicate) === undefined ? true : undefined;
  const kind = { predicateType, read, timeOf: () => undefined };
  const { found, rejected } = validNow(statementsBy(gate.signers, kind, dossier.evidence), { now, policy });
  const [statement] = found;
  if (statement !== undefined) return met(`stated ${byWhom(statement)}`, statement);
  return missing(
    `no ${predicateType} by ${gate.signers.join(" or ")} counts${alsoRejected(rejected)}`,
    `Attach the statement with a key of the role ${gate.signers.join(" or ")}: \`slipway attest\`.`,
  );
}
