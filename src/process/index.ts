// Running other people's programs: with arguments as a list, an environment that is given in full, and bounds on time and
// output. What a program is asked, and what its answer means, is for whoever runs it. May import `src/errors`.

export { type ProgramOutcome, runProgram } from "./run-program.ts";
