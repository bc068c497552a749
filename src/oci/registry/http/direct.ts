import { Agent, type Dispatcher } from "undici";

/** Connections to the hosts themselves. */
export function directly(options: Agent.Options): Dispatcher {
  return new Agent(options);
}
