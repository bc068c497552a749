/**
 * Test material: sample model repositories, evaluation outputs and stand-in GPU tools, or the code
 * that makes them. The demo and the tests import from here; `src/` and `actions/` never do, so nothing
 * in this folder can reach a user.
 */
export { generateTinyLlm } from "./tiny-llm/generate.ts";
