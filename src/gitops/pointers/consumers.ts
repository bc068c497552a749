import { SlipwayError } from "../../errors/index.ts";
import type { Consumer, Policy } from "../../lifecycle/index.ts";
import type { Repositories } from "../repositories.ts";
import { environmentIn } from "./declared.ts";
import { pinAt } from "./move.ts";

/**
 * What every pointer of every environment names now. Undefined when one of them cannot be read or is not where the
 * policy says: nobody can say then that a release has no consumer.
 */
export async function readConsumers(
  policy: Policy,
  repositories: Repositories,
): Promise<readonly Consumer[] | undefined> {
  const consumers: Consumer[] = [];
  try {
    for (const [name, { pointers }] of policy.environments) {
      if (pointers.length === 0) continue;
      const environment = environmentIn(policy, name);
      const snapshot = await (await repositories.open(environment.remote)).snapshot();
      for (const pointer of pointers) {
        const { pin } = await pinAt(snapshot, pointer);
        if (pin !== undefined) consumers.push({ environment: name, pointer: pointer.file, subject: pin.subject });
      }
    }
    return consumers;
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
