import { registryError } from "../errors.ts";

/**
 * Where a redirect or an upload location leads (distribution-spec 1.1, "Endpoints"). Whether a request may go there over
 * plain HTTP is decided when it goes, by whoever sends it.
 *
 * @param location as the registry sent it: absolute or relative
 * @param from what was asked
 * @throws SlipwayError REGISTRY_CONFUSED
 */
export function locate(location: string | undefined, from: URL): URL {
  if (location === undefined || location === "" || location.length > 16 * 1024) {
    throw registryError("REGISTRY_CONFUSED", `${from.host} sent no location where it has to`);
  }
  const to = URL.parse(location, from.href);
  if (to === null || !/^https?:$/.test(to.protocol) || to.username !== "" || to.password !== "") {
    throw registryError("REGISTRY_CONFUSED", `${from.host} sent a location that is not one`);
  }
  // To another scheme of the same host, a registry behind a proxy often says http where it means https.
  if (from.protocol === "https:" && to.protocol === "http:" && to.hostname === from.hostname) {
    to.protocol = "https:";
    if (to.port === "80") to.port = "";
  }
  return to;
}
