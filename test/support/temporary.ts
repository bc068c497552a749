import { chmod, mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Temporary extends AsyncDisposable {
  readonly path: string;
  /** A path inside it. */
  at(...names: string[]): string;
}

/** A new directory for one test, which every user may enter; removed with all that is in it. */
export async function temporaryDirectory(): Promise<Temporary> {
  const made = await mkdtempDisposable(join(tmpdir(), "slipway-test-"));
  await chmod(made.path, 0o755);
  return {
    path: made.path,
    at: (...names) => join(made.path, ...names),
    [Symbol.asyncDispose]: () => made.remove(),
  };
}
