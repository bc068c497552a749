// Which file may import which: docs/conventions.md ("Direction") and section 3 of the design, as rules.
// `npm run check` runs them; a test shows for each one that breaking it is noticed.

/** Tests may import anything. */
const tests = "\\.test\\.ts$";

/** What decides and touches nothing: whole folders, and the plans of the others. */
const pure = ["^src/(?:documents|release|evidence|lifecycle|eval|admission)/", "^(?:src|actions)/.*/plan[^/]*\\.ts$"];

/** Node's own modules that compute and do nothing else. */
const computingBuiltins = "^(?:node:)?(?:buffer|crypto|path|path/posix|string_decoder|url|util)$";

/** Packages that compute and do nothing else. */
const computingPackages = "node_modules/(?:@types/)?(?:fastest-levenshtein|semver|yaml|zod)/";

/** One client each for a system outside, and the place that a step runs in. */
const outside = "artifactory|github|gitops|host|mlflow|serving";

/** The lowest folders, each with all that it may import. */
const layers = {
  errors: [],
  documents: [],
  process: ["errors"],
  content: ["errors", "process"],
  oci: ["content", "errors", "process"],
  contract: ["errors", "oci"],
};

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle has no bottom to start reading from. Types count too.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "src-is-the-bottom",
      comment: "The library knows nothing of the steps, scripts and tests that are built on it.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: "^(?:actions|scripts|test|action-fixtures)/" },
    },
    {
      name: "through-the-index",
      comment: "A folder's index.ts says what of it is for others.",
      severity: "error",
      from: { path: "^src/([^/]+)/", pathNot: tests },
      to: { path: "^src/", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
    },
    {
      name: "action-uses-the-library",
      comment: "A step is written in what the folders of src/ offer, and in its own files.",
      severity: "error",
      from: { path: "^actions/([^/]+)/", pathNot: tests },
      to: {
        path: "^(?:src|actions|scripts|test|action-fixtures)/",
        pathNot: ["^actions/$1/", "^src/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "action-list-uses-the-library",
      comment: "The list of steps joins contracts and code, and is no place for more.",
      severity: "error",
      from: { path: "^actions/[^/]+\\.ts$", pathNot: tests },
      to: {
        path: "^(?:src|actions|scripts|test|action-fixtures)/",
        pathNot: ["^actions/[^/]+/(?:contract|step)\\.ts$", "^src/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "action-asks-its-host",
      comment: "Environment, exit and standard streams belong to the host that a step is given.",
      severity: "error",
      from: { path: "^actions/", pathNot: tests },
      to: { path: "^(?:node:)?process$|node_modules/@actions/" },
    },
    ...Object.entries(layers).map(([folder, below]) => ({
      name: `layer-${folder}`,
      comment: `src/${folder} may import ${below.length === 0 ? "no other folder" : below.join(" and ")}.`,
      severity: "error",
      from: { path: `^src/${folder}/`, pathNot: tests },
      to: { path: "^src/", pathNot: [`^src/${folder}/`, ...below.map((name) => `^src/${name}/`)] },
    })),
    {
      name: "outside-systems-apart",
      comment: "Each outside system can be understood, tested and replaced alone, and so can the host.",
      severity: "error",
      from: { path: `^src/(${outside})/`, pathNot: tests },
      to: { path: `^src/(?:${outside})/`, pathNot: "^src/$1/" },
    },
    {
      name: "host-is-the-top",
      comment: "The library works wherever it is called; only the list of steps knows where that is.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/host/", tests] },
      to: { path: "^src/host/" },
    },
    {
      name: "pure-needs-no-system",
      comment: "What decides computes from data: no files, processes, network or clock of the system.",
      severity: "error",
      from: { path: pure, pathNot: tests },
      to: { dependencyTypes: ["core"], pathNot: computingBuiltins },
    },
    {
      name: "pure-needs-no-client",
      comment:
        "What decides computes from data; a package that is new here is added to the list above once it was read.",
      severity: "error",
      from: { path: pure, pathNot: tests },
      to: { path: "node_modules/", pathNot: computingPackages },
    },
    {
      name: "pure-knows-the-pure",
      comment: "Through a folder that touches the world, its files and sockets would come along; its types do not.",
      severity: "error",
      from: { path: pure[0], pathNot: tests },
      to: {
        path: "^src/",
        pathNot: [pure[0], "^src/(?:errors|oci)/index\\.ts$"],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "shipped-needs-shipped",
      comment: "What is bundled for users comes from dependencies, never from tools of this repository.",
      severity: "error",
      from: { path: "^(?:src|actions)/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
    {
      name: "tests-are-not-imported",
      comment: "A test is started by vitest alone.",
      severity: "error",
      from: {},
      to: { path: tests },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    // Types too, also those that the compiler removes.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
