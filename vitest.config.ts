import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Third-party servers and builds that take minutes lie in `*.slow.test.ts`. */
const slow = process.env["SLIPWAY_INTEROP"] === "slow";

/** Whole lives of releases, through every step, and all that people get wrong there. */
const lives = ["test/e2e/lifecycle/*.test.ts", "test/e2e/release-bad-input.test.ts"];
/** What takes more of `npm test`'s three minutes than it is likely to find. */
const long = [...lives, "test/integration/oci/upload-habits.test.ts", "test/integration/tampered-store.test.ts"];

/** What `npm test` tries on fewer kinds of registry and with fewer stories than the slow suite. */
const thorough = ["test/integration/oci/*-faults.test.ts", "src/**/*.model.test.ts"];

export default defineConfig({
  test: {
    // The default leaves one core idle, which on two cores is half of them; most tests wait for processes anyway.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Property tests take some seconds where others use the machine, too.
          testTimeout: 30_000,
          include: ["{src,actions,scripts,action-fixtures}/**/*.test.ts"],
        },
      },
      {
        // What is in dist/ as processes, and in-process servers: `npm test` has these and the unit tests.
        extends: true,
        test: {
          name: "e2e",
          include: ["test/{e2e,integration}/**/*.test.ts"],
          exclude: long,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Real third-party tools: `npm run test:interop`, after `npm run peers`.
        extends: true,
        test: {
          name: "interop",
          include: ["test/interop/**/*.test.ts", ...long, ...(slow ? thorough : [])],
          env: slow ? { SLIPWAY_TESTS: "thorough" } : {},
          exclude: slow ? [] : ["**/*.slow.test.ts"],
          testTimeout: slow ? 600_000 : 60_000,
          hookTimeout: slow ? 1_800_000 : 120_000,
        },
      },
    ],
  },
});
