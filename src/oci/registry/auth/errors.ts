import { defineErrors } from "../../../errors/index.ts";

export const authError = defineErrors("Registry authentication", {
  REGISTRY_DENIED: {
    family: "configuration",
    meaning: "The registry, or the token server that it names, refused the credentials, or wants some where none are.",
    remedy: "Log in with `docker login <registry>` as somebody who may do this, or name a file in REGISTRY_AUTH_FILE.",
  },
  REGISTRY_CREDENTIALS_UNREADABLE: {
    family: "configuration",
    meaning: "A file with registry credentials cannot be read, or is not what `docker login` and `podman login` write.",
    remedy: "Write the file again with `docker login <registry>`.",
  },
  CREDENTIAL_HELPER_FAILED: {
    family: "configuration",
    meaning: "A credential helper that a docker configuration names is missing, failed, or gave no usable answer.",
    remedy:
      "Try `echo <registry> | docker-credential-<name> get`; what it says is not shown here, as it may be secret.",
  },
  CREDENTIALS_UNPROTECTED: {
    family: "refused",
    meaning: "Credentials would travel to a registry over plain HTTP, where everybody on the way can read them.",
    remedy:
      "Reach the registry over https, or name its host in plain-http; only registries on this machine need no naming.",
  },
  TOKEN_REALM_REFUSED: {
    family: "refused",
    meaning:
      "The registry names a token server that credentials must not be sent to: not https, one that leads elsewhere, or none.",
    remedy: "Ask whoever runs the registry to name an https address as the realm of its token server.",
  },
  TOKEN_SERVER_FAILED: {
    family: "temporary",
    meaning: "The registry's token server did not answer, or gave no token where it should have.",
    remedy: "Run again; if it stays so, ask whoever runs the registry.",
  },
});
