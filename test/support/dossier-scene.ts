import { generateKeyPairSync } from "node:crypto";
import { type PromotionOrder, type PromotionOutcome, promoteRelease } from "../../src/dossier/promote-release.ts";
import { readSituation, type Situation } from "../../src/dossier/situation.ts";
import { trustOf } from "../../src/dossier/trust.ts";
import { encodeStatement, type State } from "../../src/evidence/index.ts";
import { parsePolicy, type Signer } from "../../src/lifecycle/index.ts";
import { type Descriptor, type Digest, digestOf } from "../../src/oci/index.ts";
import { evidenceTag } from "../../src/release/index.ts";
import {
  attachStatement,
  keySigner,
  readSigningKey,
  type StatementSigner,
  signStatement,
} from "../../src/signing/index.ts";
import { Crash } from "./lifecycle-world.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { addRelease } from "./memory-release.ts";
import { MemoryStore } from "./memory-store.ts";

const name = "retina/seg";
const variant = "jetson";

const roles = {
  builder: ["ci"],
  evaluator: ["judge"],
  "mlops-engineer": ["erin", "emil"],
  "platform-lead": ["lena"],
  security: ["sam"],
} as const;
export type Person = (typeof roles)[keyof typeof roles][number] | "stranger";

const keys = new Map<string, { readonly key: StatementSigner; readonly pem: string }>();

/** The private key of somebody; the same in every scene of a test file. */
export function keyOf(person: Person): StatementSigner {
  return pairOf(person).key;
}

function pairOf(person: Person) {
  const known = keys.get(person);
  if (known !== undefined) return known;
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const made = { key: keySigner(readSigningKey(Buffer.from(privateKey), undefined, person)), pem: publicKey };
  keys.set(person, made);
  return made;
}

/** A policy that asks for nothing but an owner. */
function policyText(ledger: boolean): string {
  const written = {
    roles: Object.fromEntries(
      Object.entries(roles).map(([role, people]) => [
        role,
        people.map((person) => ({ name: person, key: pairOf(person).pem })),
      ]),
    ),
    transitions: {
      staging: { roles: ["mlops-engineer"], gates: ["owner"] },
      production: { roles: ["platform-lead"], gates: ["owner"] },
    },
    ...(ledger && { ledger: { repository: "memory", branch: "main" } }),
  };
  return JSON.stringify(written);
}

/** Whose promotion it is, and when; each run has a time of its own. */
export interface Act {
  readonly by: Person;
  readonly run?: string;
  readonly at?: string;
  readonly version?: string;
  /** What was seen before; read anew when left out. */
  readonly seen?: Situation;
}

/** Releases in a store in memory, and people whom a policy knows, with a ledger or without one. */
export class Scene {
  readonly store: MemoryStore;
  readonly ledger: MemoryLedger | undefined;
  readonly inForce;
  readonly #releases: ReadonlyMap<string, Descriptor>;

  private constructor(store: MemoryStore, ledger: MemoryLedger | undefined, releases: ReadonlyMap<string, Descriptor>) {
    this.store = store;
    this.ledger = ledger;
    this.#releases = releases;
    const bytes = Buffer.from(policyText(ledger !== undefined));
    const policy = parsePolicy(bytes, "release-policy.yaml");
    this.inForce = { policy, trust: trustOf(policy), bytes };
  }

  static async open({ ledger = true, versions = ["1.0.0"] } = {}): Promise<Scene> {
    const store = new MemoryStore();
    const releases = new Map<string, Descriptor>();
    for (const version of versions)
      releases.set(version, await addRelease(store, { name, version, variant, complete: true }));
    return new Scene(store, ledger ? new MemoryLedger() : undefined, releases);
  }

  /** Another scene that begins as this one is. */
  copy(): Scene {
    return new Scene(this.store.copy(), this.ledger?.copy(), this.#releases);
  }

  subject(version = "1.0.0"): Descriptor {
    const found = this.#releases.get(version);
    if (found === undefined) throw new Error(`there is no release ${version}`);
    return found;
  }

  actor(person: Person): Signer {
    const found = this.inForce.trust.signerOf(keyOf(person).signatory);
    if (found === undefined) throw new Error(`the policy does not know ${person}`);
    return found;
  }

  look(version = "1.0.0"): Promise<Situation> {
    return readSituation({ digest: this.subject(version).digest }, this.store, this.ledger, this.inForce);
  }

  order(to: Exclude<State, "experimental">, { by, run = "7", at = "2026-06-01T12:00:00Z" }: Act): PromotionOrder {
    return {
      request: { to, reason: "Because", advisory: "ADV-1", retirement: undefined },
      signer: keyOf(by),
      format: "bundle",
      actor: this.actor(by),
      consumers: undefined,
      run: { id: run, attempt: 1 },
      now: new Date(at),
      message: () => ({ subject: "Promote", body: "", trailers: [] }),
    };
  }

  /** Promotes as the step does. */
  async promote(to: Exclude<State, "experimental">, act: Act): Promise<PromotionOutcome> {
    const situation = act.seen ?? (await this.look(act.version));
    return promoteRelease(this.order(to, act), situation, this);
  }

  /** Signs a statement about a release and attaches it. */
  async state(
    type: string,
    predicate: Readonly<Record<string, unknown>>,
    { by, tag, version = "1.0.0" }: { readonly by: Person; readonly tag: string; readonly version?: string },
  ): Promise<{ readonly statement: Digest; readonly manifest: Digest }> {
    const subject = this.subject(version);
    const payload = encodeStatement(subject.digest, type, predicate);
    const { digest } = await attachStatement(this.store, {
      format: "bundle",
      subject,
      bundle: await signStatement(payload, keyOf(by)),
      predicateType: type,
      tag: evidenceTag({ version, variant, check: "note", run: tag, attempt: 1 }),
      created: new Date("2026-06-01T11:00:00Z"),
    });
    return { statement: digestOf(payload), manifest: digest };
  }

  /** From now on the write of this number, counted from 1, does not take place any more, nor any after it. */
  crashAt(number: number): void {
    let left = number;
    const beforeWrite = (what: string) => {
      left -= 1;
      if (left <= 0) throw new Crash(`before ${what}`);
    };
    this.store.beforeWrite = beforeWrite;
    if (this.ledger !== undefined) this.ledger.beforeWrite = beforeWrite;
  }
}
