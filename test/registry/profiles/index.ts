// How registries differ from the specification and from each other: one file each, from what they publish and from what
// their users report (reference "oci-packaging", 3.7). None asks for credentials: add `authentication` where that matters.

import type { RegistryOptions } from "../options.ts";
import { acr } from "./acr.ts";
import { artifactory } from "./artifactory.ts";
import { distribution } from "./distribution.ts";
import { dockerHub } from "./docker-hub.ts";
import { ecr } from "./ecr.ts";
import { gar } from "./gar.ts";
import { ghcr } from "./ghcr.ts";
import { gitlab } from "./gitlab.ts";
import { harbor } from "./harbor.ts";
import { quay } from "./quay.ts";

/** By the name that people use. */
export const profiles = {
  GHCR: ghcr,
  ECR: ecr,
  ACR: acr,
  GAR: gar,
  "Docker Hub": dockerHub,
  Quay: quay,
  Harbor: harbor,
  Artifactory: artifactory,
  GitLab: gitlab,
  distribution,
} satisfies Record<string, RegistryOptions>;
