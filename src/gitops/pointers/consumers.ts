import { SlipwayError } from "../../errors/index.ts";
import type { Consumer, Policy } from "../../lifecycle/index.ts";
import type { Repositories } from "../repositories.ts";
import { environmentIn } from "./declared.ts";
import { readPin } from "./pin.ts";

/**
 * What every pointer of every environment names now. Undefined when one of them cannot be read: nobody can say then
 * that a release has no consumer.
 */
export async function readConsumers(
  policy: Policy,
  repositories: Repositories,
): Promise<readonly Consumer[] | undefined> {
  const consumers: Consumer[] = [];
  try {
    for (const name of policy.environments.keys()) {
      const environment = environmentIn(policy, name);
      const snapshot = await (await repositories.open(environment.remote)).snapshot();
      for (const pointer of environment.pointers) {
        const bytes = await snapshot.read(pointer.file);
        const pin = bytes === undefined ? undefined : readPin(bytes, pointer);
        if (pin !== undefined) consumers.push({ environment: name, pointer: pointer.file, subject: pin.subject });
      }
    }
    return consumers;
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
