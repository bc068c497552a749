import { createHash, type KeyObject, sign } from "node:crypto";
import { leafHash, MerkleLog } from "./merkle-log.ts";

/** Entries count on from those of earlier trees, so the index in the log is not the one in its tree. */
const earlierEntries = 1_000;
const treeId = 0x1234_5678_9abc_def0n;

interface Entry {
  readonly body: string;
  /** Seconds since 1970. */
  readonly integratedTime: number;
  readonly leafIndex: number;
}

/** The entries of a Rekor v1, and what it says and signs of them. */
export class RekorV1Log {
  readonly #hostname: string;
  readonly #keyId: Buffer;
  readonly #key: KeyObject;
  readonly #tree = new MerkleLog();
  readonly #entries = new Map<string, Entry>();

  /** @param hostname by which it signs checkpoints */
  constructor(hostname: string, key: KeyObject, publicKey: KeyObject) {
    this.#hostname = hostname;
    this.#key = key;
    this.#keyId = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest();
  }

  get bodies(): readonly string[] {
    return [...this.#entries.values()].map(({ body }) => body);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** What the entry of a body is called: the tree, and the leaf's hash. */
  idOf(body: string): string {
    return `${treeId.toString(16)}${leafHash(Buffer.from(body)).toString("hex")}`;
  }

  /** @param body in canonical JSON, and not in the log yet */
  add(body: string): void {
    const integratedTime = Math.floor(Date.now() / 1000);
    const leafIndex = this.#tree.append(Buffer.from(body));
    this.#entries.set(this.idOf(body), { body, integratedTime, leafIndex });
  }

  /** An entry as `LogEntry` of rekor's openapi.yaml, proven in the tree as it is now. @param promiser signs the promise */
  answer(id: string, promiser: KeyObject = this.#key): object {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`the log has no entry ${id}`);
    const { hashes, root, treeSize } = this.#tree.prove(entry.leafIndex);
    // The order of names is the canonical one (RFC 8785), in which they are signed.
    const promised = {
      body: Buffer.from(entry.body).toString("base64"),
      integratedTime: entry.integratedTime,
      logID: this.#keyId.toString("hex"),
      logIndex: earlierEntries + entry.leafIndex,
    };
    const inclusionProof = {
      checkpoint: this.#checkpoint(treeSize, root),
      hashes: hashes.map((hash) => hash.toString("hex")),
      logIndex: entry.leafIndex,
      rootHash: root.toString("hex"),
      treeSize,
    };
    const signedEntryTimestamp = sign("sha256", Buffer.from(JSON.stringify(promised)), promiser).toString("base64");
    return { [id]: { ...promised, verification: { inclusionProof, signedEntryTimestamp } } };
  }

  /** A signed note of the tree (C2SP signed-note and tlog-checkpoint, with Rekor v1's origin). */
  #checkpoint(size: number, root: Buffer): string {
    const note = `${this.#hostname} - ${treeId}\n${size}\n${root.toString("base64")}\n`;
    const signature = Buffer.concat([this.#keyId.subarray(0, 4), sign("sha256", Buffer.from(note), this.#key)]);
    return `${note}\n\u2014 ${this.#hostname} ${signature.toString("base64")}\n`;
  }
}
