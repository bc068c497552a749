import { defineErrors } from "../../errors/index.ts";

export const keylessError = defineErrors("Keyless signing", {
  IDENTITY_TOKEN_INVALID: {
    family: "configuration",
    meaning: "What was given as identity token is not a JSON Web Token that names an issuer and a subject.",
    remedy: "Give a file with an OpenID Connect identity token, as the CI system or the cluster writes it.",
  },
  IDENTITY_TOKEN_EXPIRED: {
    family: "configuration",
    meaning: "The identity token has run out; such tokens are good for minutes.",
    remedy: "Have a new token made right before signing; if it is new, set this machine's clock.",
  },
  IDENTITY_REFUSED: {
    family: "configuration",
    meaning: "GitHub's runner did not give the job an identity token.",
    remedy: "Give the job `permissions: id-token: write`.",
  },
  IDENTITY_UNREACHABLE: {
    family: "temporary",
    meaning: "What gives identity tokens to jobs did not answer.",
    remedy: "Run the step again; nothing was signed.",
  },
  FULCIO_REFUSED: {
    family: "configuration",
    meaning:
      "The certificate authority did not accept the identity token or the request; its words are in the message.",
    remedy: "Check that the authority knows the token's issuer, and that the token's audience is `sigstore`.",
  },
  FULCIO_UNREACHABLE: {
    family: "temporary",
    meaning: "The certificate authority did not answer, or answered more often than is tried that it cannot now.",
    remedy: "Run the step again; nothing was signed. Look at the network, the proxy and the host's name.",
  },
  REKOR_REFUSED: {
    family: "configuration",
    meaning: "The transparency log did not accept the signature; its words are in the message.",
    remedy: "Check the log's URL and its version: 1 and 2 have other requests and are other servers.",
  },
  REKOR_UNREACHABLE: {
    family: "temporary",
    meaning: "The transparency log did not answer, or answered more often than is tried that it cannot now.",
    remedy: "Run the step again; nothing was attached. Look at the network, the proxy and the host's name.",
  },
  REKOR_DUPLICATE: {
    family: "temporary",
    meaning: "The log has this very signature already, and Rekor 2 does not give entries again.",
    remedy: "Run the step again: a new signature gets an entry of its own.",
  },
  REKOR_KEY_UNSUPPORTED: {
    family: "configuration",
    meaning: "The signature is by a kind of key that Sigstore's services have no name for.",
    remedy: "Sign with a key on the curve P-256, or without a transparency log.",
  },
  TIMESTAMP_REFUSED: {
    family: "configuration",
    meaning: "The timestamp authority did not stamp the signature; its words are in the message.",
    remedy: "Check the authority's URL, with its path, and that it stamps SHA-256.",
  },
  TIMESTAMP_UNREACHABLE: {
    family: "temporary",
    meaning: "The timestamp authority did not answer, or answered more often than is tried that it cannot now.",
    remedy: "Run the step again; nothing was attached. Look at the network, the proxy and the host's name.",
  },
  SERVICE_URL_INVALID: {
    family: "configuration",
    meaning: "The URL of a signing service has another scheme than http or https, a user name, a query or a fragment.",
    remedy: "Give the service's URL as `https://<host>[:<port>][/<path>]`.",
  },
  SERVICE_INSECURE: {
    family: "configuration",
    meaning: "A signing service would be reached without encryption, or does not speak TLS where it has to.",
    remedy: "Use https, or name the host in plain-http; without that, plain HTTP is spoken with this machine only.",
  },
  SERVICE_REDIRECTS: {
    family: "configuration",
    meaning: "A signing service leads elsewhere; tokens and signatures go to nobody whom no user named.",
    remedy: "Give the URL that the service leads to, if it is the one that is meant.",
  },
  SERVICE_CONFUSED: {
    family: "refused",
    meaning: "A signing service's answer is too long, cut, not in its format, or about something else than was asked.",
    remedy:
      "Look at what answers at that address: a login page or a proxy in place of the service, or a broken service.",
  },
});
