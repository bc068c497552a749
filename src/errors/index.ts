// What failures are: the error class, its four families, and how an area of the library defines its codes.
// An area's own codes live beside the code that throws them (`<folder>/errors.ts`). Imports nothing.

export { isOutOfSpace, reason, systemCode } from "./causes.ts";
export { defineErrors, type ErrorArea, type ErrorContext } from "./define.ts";
export { type ErrorFamily, exitStatus, SlipwayError } from "./slipway-error.ts";
