import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { slipway, succeed } from "../../../support/command-line.ts";
import type { PrivateSigstore } from "./start-sigstore.ts";

const verified = z.object({
  ok: z.boolean(),
  error: z.object({ code: z.string() }).optional(),
  summary: z.object({ tables: z.array(z.object({ title: z.string(), rows: z.array(z.array(z.string())) })) }),
});

/** Whose signatures `verify` is told to believe. */
interface Believed {
  readonly trustedRoot: string;
  readonly identity: string;
  readonly issuer: string;
}

/** Slipway's steps with identity tokens in place of keys. */
export class KeylessSlipway {
  readonly #work: string;
  readonly #stack: Pick<PrivateSigstore, "lastOutput">;

  constructor(work: string, stack: Pick<PrivateSigstore, "lastOutput">) {
    this.#work = work;
    this.#stack = stack;
  }

  /** Outputs of a step that signs. @throws Error with what it and the services said */
  async sign(token: string, ...args: readonly string[]): Promise<Record<string, string>> {
    return this.#withToken(token, async (flag) => {
      try {
        return await succeed([...args, flag], this.#work);
      } catch (error) {
        throw new Error(`${String(error)}\n${this.#stack.lastOutput()}`, { cause: error });
      }
    });
  }

  /** The code with which a step that would sign is refused. */
  refusal(token: string, ...args: readonly string[]): Promise<string> {
    return this.#withToken(token, async (flag) => {
      const answer = await slipway([...args, flag], this.#work);
      if (answer.code === 0) throw new Error(`slipway ${args.join(" ")} was expected to be refused`);
      return answer.json().error?.code ?? "";
    });
  }

  /**
   * What `verify` says of everything that is attached: `accepted`, or the code it refuses with, and a line for each
   * candidate.
   */
  async verdict(reference: string, { trustedRoot, identity, issuer }: Believed) {
    const whom = [`--trusted-root=${trustedRoot}`, `--certificate-identity=${identity}`];
    const args = ["verify", reference, ...whom, `--certificate-issuer=${issuer}`];
    const { stdout } = await slipway(args, this.#work);
    const { ok, error, summary } = verified.parse(JSON.parse(stdout));
    const rows = summary.tables.find(({ title }) => title === "Signature candidates")?.rows ?? [];
    return {
      says: ok ? "accepted" : (error?.code ?? ""),
      candidates: rows.map(([, , verdict, why]) => `${verdict}: ${why}`).sort(),
    };
  }

  /** The token travels in a file: arguments are for everybody to see. */
  async #withToken<T>(token: string, work: (flag: string) => Promise<T>): Promise<T> {
    const file = join(this.#work, `token-${randomUUID()}`);
    await writeFile(file, token, { mode: 0o600 });
    try {
      return await work(`--identity-token=${file}`);
    } finally {
      await rm(file);
    }
  }
}
