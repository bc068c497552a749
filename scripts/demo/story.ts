import { spawn } from "node:child_process";
import { resolve } from "node:path";
import * as z from "zod";
import { formatBytes, formatDuration, formatRate } from "../../src/report/index.ts";

/** What `slipway <step> --json` prints. */
const answerSchema = z.object({
  ok: z.boolean(),
  outputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  error: z.object({ code: z.string(), message: z.string(), details: z.array(z.string()).optional() }).nullish(),
});
type Answer = z.infer<typeof answerSchema>;
type Outputs = NonNullable<Answer["outputs"]>;

/** Tells what happens, a line for each step, and stops when something ends otherwise than it should. */
export class Story {
  readonly #color = process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined;
  readonly #started = performance.now();

  /** Does something of the demo's own. */
  async tell<T>(step: string, text: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const value = await work();
    this.#line("✓", step, text, performance.now() - started, undefined);
    return value;
  }

  /** Runs a step of the command line that must succeed. */
  async run(args: readonly string[], text: (outputs: Outputs) => string): Promise<Outputs> {
    const { answer, milliseconds, stderr } = await slipway(args);
    if (!answer.ok)
      throw new Error(`slipway ${args.join(" ")}: ${answer.error?.code} ${answer.error?.message}\n${stderr}`);
    const outputs = answer.outputs ?? {};
    const bytes = outputs["size"] === undefined ? undefined : Number(outputs["size"]);
    this.#line("✓", args[0] ?? "", text(outputs), milliseconds, bytes);
    this.#command(args);
    return outputs;
  }

  /** Runs a step that must be refused. */
  async refused(args: readonly string[], text: string): Promise<void> {
    const { answer, milliseconds } = await slipway(args);
    if (answer.ok) throw new Error(`slipway ${args.join(" ")} should have been refused`);
    this.#line("✗", args[0] ?? "", `refused: ${text}`, milliseconds, undefined);
    this.#command(args);
    process.stdout.write(`${indent}${this.#paint("31", shorten(`${answer.error?.code} ${answer.error?.message}`))}\n`);
    for (const detail of (answer.error?.details ?? []).slice(0, maxDetails)) {
      process.stdout.write(`${indent}  ${shorten(detail)}\n`);
    }
  }

  /** A heading. */
  chapter(text: string): void {
    process.stdout.write(`\n${this.#paint("1;36", text)}\n`);
  }

  /** Runs a step and shows what a person at a terminal would see. */
  async show(args: readonly string[]): Promise<void> {
    const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const text = await textOf(child.stdout);
    this.print(`slipway ${args.join(" ")}`, text);
  }

  print(title: string, text: string): void {
    process.stdout.write(`\n${this.#paint("2", `$ ${title}`)}\n${text.trimEnd()}\n`);
  }

  end(places: readonly (readonly [string, string, string])[]): void {
    process.stdout.write(`\n${this.#paint("1", "Done")} in ${formatDuration(performance.now() - this.#started)}.\n`);
    for (const [label, place, note] of places) {
      process.stdout.write(`  ${label.padEnd(12)} ${place}${note === "" ? "" : this.#paint("2", `  ${note}`)}\n`);
    }
  }

  #line(sign: "✓" | "✗", step: string, text: string, milliseconds: number, bytes: number | undefined): void {
    const moved = bytes === undefined ? "" : formatBytes(bytes);
    const rate = bytes === undefined ? "" : formatRate((bytes / milliseconds) * 1000);
    const figures = `${formatDuration(milliseconds).padStart(6)}${moved.padStart(9)}${rate.padStart(11)}`.trimEnd();
    const mark = this.#paint(sign === "✓" ? "32" : "31", sign);
    process.stdout.write(`${mark} ${this.#paint("1", step.padEnd(14))} ${text.padEnd(50)} ${figures}\n`);
  }

  #command(args: readonly string[]): void {
    process.stdout.write(`${indent}${this.#paint("2", shorten(`$ slipway ${args.join(" ")}`))}\n`);
  }

  #paint(code: string, text: string): string {
    return this.#color ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

const indent = " ".repeat(17);
/** Enough to see why; the step itself shows all. */
const maxDetails = 2;
const command = resolve(import.meta.dirname, "../../dist/slipway.js");

async function slipway(args: readonly string[]): Promise<{ answer: Answer; milliseconds: number; stderr: string }> {
  const started = performance.now();
  const child = spawn(process.execPath, [command, ...args, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { answer: answerSchema.parse(JSON.parse(stdout)), milliseconds: performance.now() - started, stderr };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Digests are shown by their beginning; nobody reads 64 digits. */
function shorten(text: string): string {
  return text.replaceAll(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "sha256:$1…");
}
