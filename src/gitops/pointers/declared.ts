import { type Environment, keyTimeProblem, type Pointer, type Policy, type Signer } from "../../lifecycle/index.ts";
import { gitopsError } from "../errors.ts";

/** The branch that an environment's pointers lie in. */
export interface EnvironmentPlace extends Environment {
  readonly remote: { readonly repository: string; readonly branch: string };
}

/** @throws SlipwayError ENVIRONMENT_UNKNOWN */
export function declaredEnvironment(policy: Policy, name: string): Environment {
  const found = policy.environments.get(name);
  if (found !== undefined) return found;
  const known = [...policy.environments.keys()].join(", ") || "none";
  throw gitopsError("ENVIRONMENT_UNKNOWN", `${policy.file} has no environment "${name.slice(0, 80)}"; it has ${known}`);
}

/** An environment whose pointers are to be read. @throws SlipwayError ENVIRONMENT_UNKNOWN */
export function environmentIn(policy: Policy, name: string): EnvironmentPlace {
  const found = declaredEnvironment(policy, name);
  if (found.repository === undefined) {
    throw gitopsError("ENVIRONMENT_UNKNOWN", `the environment ${name} of ${policy.file} names no repository`);
  }
  return { ...found, remote: { repository: found.repository, branch: found.branch ?? "main" } };
}

/** The pointer of a model. @param variant may be left out when there is one only @throws SlipwayError POINTER_UNDECLARED */
export function pointerIn(
  { name: environment, pointers }: Environment,
  name: string,
  variant: string | undefined,
): Pointer {
  const own = pointers.filter((pointer) => pointer.name === name && (variant ?? pointer.variant) === pointer.variant);
  const [only, ...others] = own;
  if (only !== undefined && others.length === 0) return only;
  const which = variant === undefined ? name : `${name} (${variant})`;
  throw gitopsError(
    "POINTER_UNDECLARED",
    only === undefined
      ? `the environment ${environment} has no pointer for ${which}`
      : `the environment ${environment} has pointers for ${own.map((pointer) => pointer.variant).join(" and ")} of ${name}`,
  );
}

/** The role in which somebody may move pointers. @throws SlipwayError MOVER_UNKNOWN, MOVER_REQUIRED */
export function moverRole(signer: Signer | undefined, { name, movers }: Environment, now: Date): string {
  if (signer === undefined) throw gitopsError("MOVER_UNKNOWN", "the key is not in the policy");
  const role = movers.find((candidate) => signer.roles.includes(candidate));
  const why = role === undefined ? `has the role ${signer.roles.join(", ")}` : keyTimeProblem(signer, now);
  if (role !== undefined && why === undefined) return role;
  throw gitopsError("MOVER_REQUIRED", `the key "${signer.name}" ${why}; ${name} is moved by ${movers.join(" or ")}`);
}
