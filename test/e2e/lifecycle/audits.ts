import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { succeed } from "../../support/command-line.ts";

const person = z.object({ role: z.string(), key: z.string() });

/** The parts of an audit's report that answer the question of page one; what else it holds is dropped. */
const reportSchema = z.object({
  environment: z.string(),
  generatedAt: z.iso.datetime(),
  commit: z.string(),
  policy: z.string(),
  source: z.string(),
  problems: z.array(z.string()),
  pointers: z.array(
    z.object({
      name: z.string(),
      variant: z.string(),
      file: z.string(),
      problem: z.string().optional(),
      runs: z.object({ version: z.string(), subject: z.string(), digest: z.string(), uri: z.string() }),
      state: z.string(),
      verdict: z.object({ ok: z.boolean(), findings: z.array(z.object({ rule: z.string(), finding: z.string() })) }),
      since: z.object({
        at: z.string(),
        commit: z.string(),
        action: z.string(),
        reason: z.string(),
        by: person,
        run: z.object({ id: z.string(), attempt: z.number() }),
      }),
      approvals: z.array(
        person.extend({
          from: z.string(),
          to: z.string(),
          statement: z.string(),
          evidence: z.array(z.object({ gate: z.string(), signedBy: z.string().optional() })),
        }),
      ),
      evaluation: z.object({
        result: z.string(),
        signedBy: z.string(),
        baselineVersion: z.string().optional(),
        metrics: z.array(
          z.object({
            name: z.string(),
            value: z.number(),
            baseline: z.number().optional(),
            threshold: z.number().optional(),
            sampleSize: z.number().optional(),
            passed: z.boolean(),
          }),
        ),
      }),
      origin: z.record(z.string(), z.string()),
      waivers: z.array(
        z.object({
          gate: z.string(),
          to: z.string(),
          reason: z.string(),
          until: z.string(),
          by: z.string(),
          expired: z.boolean(),
        }),
      ),
      replaced: z.object({ version: z.string(), subject: z.string() }).optional(),
      goBack: z.object({
        command: z.string(),
        candidates: z.array(z.object({ version: z.string(), accepted: z.boolean(), why: z.string() })),
      }),
      history: z.array(
        z.object({ commit: z.string(), version: z.string(), action: z.string(), by: z.string(), reason: z.string() }),
      ),
      holds: z.array(z.object({ version: z.string(), reason: z.string(), subject: z.string() })),
    }),
  ),
});

export async function auditOf(work: string, environment = "production") {
  const outputs = await succeed(["audit", environment, "--report", "audit.json"], work);
  const report = reportSchema.parse(JSON.parse(await readFile(join(work, "audit.json"), "utf8")));
  const [pointer, ...more] = report.pointers;
  if (pointer === undefined || more.length > 0) throw new Error(`the report has ${report.pointers.length} pointers`);
  return { ...report, outputs, pointer };
}
