import { defineErrors } from "../../errors/index.ts";

export const registryError = defineErrors("Registries", {
  REGISTRY_UNREACHABLE: {
    family: "temporary",
    meaning: "The registry did not answer, or the connection broke more often than it was tried again.",
    remedy: "Run the step again: what arrived is used again. Look at the network, the proxy and the host's name.",
  },
  REGISTRY_FAILED: {
    family: "temporary",
    meaning: "The registry answered with an error of its own, or that it is asked too often.",
    remedy: "Run the step again later; nothing was tagged.",
  },
  REGISTRY_REFUSED: {
    family: "refused",
    meaning: "The registry refused a request for a reason that will not pass by itself; its words are in the details.",
    remedy: "Do what the registry's words say: often a right, a quota or a rule of the repository.",
  },
  REGISTRY_CONFUSED: {
    family: "refused",
    meaning: "The registry's answer is not one that the distribution specification knows, or contradicts itself.",
    remedy:
      "Look at what answers at that address: a login page or a proxy in place of a registry, or a broken registry.",
  },
  REFERRERS_FLOOD: {
    family: "refused",
    meaning: "More manifests refer to the subject than are looked at.",
    remedy: "Find out who attached them, as with oras discover; remove what does not belong to the release.",
  },
  REGISTRY_INSECURE: {
    family: "configuration",
    meaning: "A connection would be made without encryption, or a redirect leads to one.",
    remedy: "Use https, or name the host in plain-http; without that, plain HTTP is spoken with this machine only.",
  },
  CERTIFICATE_UNTRUSTED: {
    family: "configuration",
    meaning: "The registry's certificate is not signed by anybody whom this machine trusts, or is for another name.",
    remedy: "Name a PEM file with the authority's certificate in ca-file, or correct the registry's name.",
  },
  PROXY_REFUSED: {
    family: "configuration",
    meaning: "The proxy that HTTPS_PROXY or HTTP_PROXY names refused to connect to the registry.",
    remedy:
      "Have the proxy allow the host, put a user name and a password into the proxy's URL, or add the host to NO_PROXY.",
  },
  CA_FILE_UNUSABLE: {
    family: "configuration",
    meaning: "The file of authorities, `ca-file`, is missing, empty, too large, or holds no certificate in PEM.",
    remedy: "Give the path of a PEM file with the certificate of the authority that signed the registry's.",
  },
  CONTENT_ALTERED: {
    family: "refused",
    meaning: "What came from the registry does not have the digest or the size that was asked for.",
    remedy: "Publish the release again from where it is whole, or pull it from another registry.",
  },
  CONTENT_LOST: {
    family: "refused",
    meaning: "The registry accepted content and does not have it, or has it in another size.",
    remedy: "Run the step again; when it happens again, the registry or its storage is broken.",
  },
});
