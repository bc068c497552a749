/** What every script needs to know about this repository: where it lies and which version it is. */

import { dirname } from "node:path";
import manifest from "../package.json" with { type: "json" };

/** Absolute; scripts work from any directory that they are started in. */
export const root = dirname(import.meta.dirname);

/** The one version of the whole suite. */
export const version: string = manifest.version;
