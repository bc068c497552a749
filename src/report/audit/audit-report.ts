/**
 * The answer to "which model is running, where did it come from, and who approved it?" for one environment, as plain
 * JSON (DESIGN 1 and 5.5). Times are ISO 8601 texts, digests are `sha256:<hex>`.
 */
export interface AuditReport {
  readonly generatedAt: string;
  readonly environment: string;
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
  /** Digest of the release policy that everything was judged by. */
  readonly policy: string;
  /** Git alone is enough for every answer; with the registry, what only it has was looked at too. */
  readonly source: "registry and Git" | "Git only";
  readonly pointers: readonly AuditedPointer[];
  /** What kept the whole audit from being complete; empty when nothing did. */
  readonly problems: readonly string[];
}

export interface AuditedPointer {
  readonly name: string;
  readonly variant: string;
  /** Path of the pointer's file in the repository. */
  readonly file: string;
  /** Why this pointer has no full answer: unreadable, release unknown. */
  readonly problem: string | undefined;
  readonly runs: RunningRelease | undefined;
  /** Lifecycle state of the release that runs. */
  readonly state: string | undefined;
  readonly verdict: { readonly ok: boolean; readonly findings: readonly AuditFinding[] };
  readonly since: PointerMove | undefined;
  /** One for each link of the promotion chain, oldest first. */
  readonly approvals: readonly AuditedApproval[];
  readonly evaluation: AuditedEvaluation | undefined;
  /** Everything that somebody whom the policy knows has signed about the release, in the order of its times. */
  readonly evidence: readonly AuditedEvidence[];
  readonly origin: AuditedOrigin;
  readonly waivers: readonly AuditedWaiver[];
  /** What ran before, and between which times. */
  readonly replaced: ReplacedRelease | undefined;
  readonly goBack: { readonly command: string; readonly candidates: readonly GoBackCandidate[] };
  /** Newest first. */
  readonly history: readonly AuditedMove[];
  readonly holds: readonly AuditedHold[];
}

interface RunningRelease {
  readonly version: string;
  readonly subject: string;
  /** Digest of the form that is deployed. */
  readonly digest: string;
  readonly uri: string;
}

export interface AuditFinding {
  readonly rule: string;
  readonly ok: boolean;
  /** Worth a look although it is no reason to refuse. */
  readonly warning?: boolean;
  readonly finding: string;
}

/** The commit that made the pointer name what it names now, and the signed event that vouches for it. */
interface PointerMove {
  readonly at: string;
  readonly commit: string;
  readonly author: string;
  /** `unrecorded`: no signed event names this commit. */
  readonly action: "update" | "rollback" | "unrecorded";
  readonly reason: string | undefined;
  readonly by: AuditedSigner | undefined;
  readonly run: AuditedRun | undefined;
}

export interface AuditedSigner {
  readonly role: string;
  /** The key's name in the policy. */
  readonly key: string;
  /** Hexadecimal SHA-256 of the key's SPKI. */
  readonly fingerprint: string;
}

export interface AuditedRun {
  readonly id: string;
  readonly attempt: number;
  readonly url?: string | undefined;
}

export interface AuditedApproval extends AuditedSigner {
  readonly from: string;
  readonly to: string;
  readonly on: string;
  readonly reason: string | undefined;
  /** Digest of the signed statement. */
  readonly statement: string;
  readonly run: AuditedRun | undefined;
  readonly evidence: readonly ApprovalEvidence[];
}

interface ApprovalEvidence {
  readonly gate: string;
  readonly finding: string;
  readonly signedBy: string | undefined;
  readonly statement: string | undefined;
}

interface AuditedEvidence {
  /** In a word or two: `signature`, `evaluation`, `promotion to staging`. */
  readonly fact: string;
  /** `<roles>/<name>`. */
  readonly signedBy: string;
  /** Whom the certificate names, of somebody who signs without a key. */
  readonly identity: string | undefined;
  readonly statement: string;
  /** Evidence tag, which names the CI run; it proves nothing. */
  readonly tag: string | undefined;
  readonly at: string | undefined;
  /** True when an authority vouches for the time, and not the signer alone. */
  readonly proven: boolean;
}

export interface AuditedEvaluation {
  readonly result: string;
  readonly on: string | undefined;
  readonly run: AuditedRun | undefined;
  readonly signedBy: string;
  readonly statement: string;
  readonly baselineVersion: string | undefined;
  readonly metrics: readonly AuditedMetric[];
}

export interface AuditedMetric {
  readonly name: string;
  readonly value: number;
  readonly stderr?: number | undefined;
  readonly sampleSize?: number | undefined;
  /** `>=` or `<=`. */
  readonly comparator?: string | undefined;
  readonly threshold?: number | undefined;
  readonly baseline?: number | undefined;
  readonly passed: boolean;
}

export interface AuditedOrigin {
  readonly trainingRun?: string | undefined;
  readonly dataset?: string | undefined;
  readonly datasetVersion?: string | undefined;
  readonly codeCommit?: string | undefined;
  readonly codeRepository?: string | undefined;
  readonly baseModel?: string | undefined;
  readonly trainedAt?: string | undefined;
  readonly trainedBy?: string | undefined;
  readonly owner?: string | undefined;
}

interface AuditedWaiver {
  readonly gate: string;
  /** The state that could be reached although the gate was not met. */
  readonly to: string;
  readonly reason: string;
  readonly until: string;
  readonly by: string;
  readonly expired: boolean;
}

interface ReplacedRelease {
  readonly version: string;
  readonly subject: string;
  readonly from: string;
  readonly until: string;
}

interface GoBackCandidate {
  readonly version: string;
  readonly subject: string;
  readonly accepted: boolean;
  readonly why: string;
}

interface AuditedMove {
  readonly at: string;
  readonly commit: string;
  readonly version: string;
  readonly action: string;
  readonly by: string | undefined;
  readonly reason: string | undefined;
}

interface AuditedHold {
  readonly subject: string;
  readonly version: string | undefined;
  readonly since: string;
  readonly reason: string;
}
