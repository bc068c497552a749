/** Names under which the world knows Slipway, each written once. */

import { version } from "../repository.ts";

/** The repository that users name in `uses:`. */
export const repository = "slipway-dev/slipway";

/** The image that the Tekton Tasks run in. A release replaces this tag by the digest of the image that it built. */
export const image = `ghcr.io/${repository}:${version}`;

/** Where the image keeps `dist/`. */
export const distInImage = "/opt/slipway/dist";
