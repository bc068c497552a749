import type { ServiceClient, ServiceClientOptions } from "./registry/service-client.ts";

/**
 * A client of services that stand beside a registry and are reached as it is: with its authorities, proxies, patience
 * and rule about plain HTTP. Nothing is asked yet.
 *
 * @throws SlipwayError CA_FILE_UNUSABLE
 */
export async function openServiceClient(options: ServiceClientOptions): Promise<ServiceClient> {
  // What speaks HTTP is loaded by those only who need it.
  const { connectService } = await import("./registry/index.ts");
  return connectService(options);
}
