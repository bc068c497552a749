import { isRegistryHost, type Reach } from "../oci/index.ts";
import type { Host } from "./host.ts";
import { declareInput, type InputForm, invalid } from "./input.ts";
import { input } from "./inputs.ts";
import type { InputValues } from "./step.ts";

const hostsForm: InputForm<readonly string[]> = {
  kind: "list",
  parse(text, name) {
    const hosts = text.split(/[\s,]+/).filter((host) => host !== "");
    for (const host of hosts) {
      // Whoever thinks that this is a switch would wait for what it never does.
      if (!isRegistryHost(host) || /^(true|false)$/i.test(host))
        throw invalid(name, host, "a host such as registry.local:5000, without http://");
    }
    return hosts;
  },
};

/**
 * Inputs of every step that opens a store: how registries are reached. Plain HTTP is a list of hosts: one step may
 * speak with several registries, their token servers and their storage, and a switch would open all of them.
 */
export const registryInputs = {
  "plain-http": declareInput(
    {
      description:
        "Registry hosts, token servers and storage to reach over plain HTTP, such as registry.local:5000: everybody on the way can read what is sent there, credentials too. This machine itself needs no naming.",
    },
    hostsForm,
  ),
  "ca-file": input.certificates({
    description: "PEM file of authorities that registries' certificates may be signed by, besides those known already.",
  }),
};

/** What these inputs say of how registries are reached; the host shows whose credentials are used. */
export function reachOf(inputs: InputValues<typeof registryInputs>, host: Pick<Host, "info">): Reach {
  return { plainHttp: inputs["plain-http"], caFile: inputs["ca-file"], notice: host.info };
}
