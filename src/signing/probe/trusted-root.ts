import type { CertificateAuthority, TransparencyLogInstance, TrustedRoot } from "@sigstore/protobuf-specs";
import { type Finding, finding } from "../../oci/index.ts";
import { type AuthorityKind, certificatesOf, chainProblem, periodOf } from "./certificates.ts";
import { logProblem } from "./logs.ts";
import { dayOf, type Period, standing } from "./period.ts";

/** A trusted root, and where it stands. */
export interface PlacedRoot {
  /** Ends the names of findings: `trusted-root`, `policy`. */
  readonly place: string;
  readonly root: TrustedRoot;
}

/** Somebody whom a trusted root names. */
interface Member extends Period {
  readonly name: string;
  /** Why nothing can be verified by it, as a clause. */
  readonly problem: string | undefined;
}

/** Whether those whom a trusted root names can be verified by, now and for some time; a kind it does not name has no finding. */
export function judgeRoot({ root, place }: PlacedRoot, now: Date): readonly Finding[] {
  const groups: readonly (readonly [string, readonly Member[]])[] = [
    ["authorities", root.certificateAuthorities.map((one) => authority(one, "certificates"))],
    ["time authorities", root.timestampAuthorities.map((one) => authority(one, "timestamps"))],
    ["logs", root.tlogs.map(log)],
    ["certificate logs", root.ctlogs.map(log)],
  ];
  return groups.flatMap(([what, members]) =>
    members.length === 0 ? [] : [judgeMembers(`${what} of ${place}`, members, now)],
  );
}

function authority(one: CertificateAuthority, kind: AuthorityKind): Member {
  const chain = certificatesOf(one);
  return { name: nameOf(one.uri), problem: chainProblem(chain, kind), ...periodOf(chain, one.validFor) };
}

function log(one: TransparencyLogInstance): Member {
  const { start, end } = one.publicKey?.validFor ?? {};
  return { name: nameOf(one.baseUrl), problem: logProblem(one), from: start, until: end };
}

function nameOf(uri: string): string {
  return (URL.parse(uri)?.host || uri || "one without a name").slice(0, 80);
}

/** Old members stay, since what was signed in their time is verified by them: one that is valid now is enough. */
function judgeMembers(check: string, members: readonly Member[], now: Date): Finding {
  const broken = members.filter(({ problem }) => problem !== undefined);
  if (broken.length > 0) {
    return finding(
      check,
      "failed",
      broken.map(({ name, problem }) => `${name} ${problem}`).join("; "),
      "Nothing of theirs can be verified: write the trusted root anew, with whole chains and the keys of the logs.",
    );
  }
  const at = members.map((member) => ({ member, when: standing(member, now) }));
  const current = at.filter(({ when }) => when === "within" || when === "soon");
  if (current.length === 0) {
    return finding(
      check,
      "failed",
      `none is valid now: ${at.map(({ member }) => `${member.name} ${periodText(member, now)}`).join(", ")}`,
      "What is signed from now on cannot be verified: put the successor into the trusted root, and leave the old ones in it.",
    );
  }
  const seen = current.map(({ member }) => `${member.name} ${periodText(member, now)}`).join(", ");
  if (current.every(({ when }) => when === "soon")) {
    return finding(
      check,
      "warning",
      seen,
      "What is signed afterwards cannot be verified: put the successor into the trusted root before, beside the old one.",
    );
  }
  const others = members.length - current.length;
  return finding(check, "ok", others === 0 ? seen : `${seen}; ${others} more for other times`);
}

function periodText(member: Period, now: Date): string {
  const { from, until } = member;
  if (standing(member, now) === "early" && from !== undefined) return `from ${dayOf(from)}`;
  return until === undefined ? "without an end" : `until ${dayOf(until)}`;
}
