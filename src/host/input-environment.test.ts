import { expect, it } from "vitest";
import { input } from "../contract/index.ts";
import { declaredInputs, undeclaredInputs } from "./input-environment.ts";

const description = "";
const contract = {
  inputs: { subject: input.string({ description }), "signing-key": input.secretFile({ description }) },
};

it("reads declared inputs by the names that GitHub gives them", () => {
  const env = { INPUT_SUBJECT: " oci:a ", "INPUT_SIGNING-KEY": "", INPUT_OTHER: "x", HOME: "/" };
  expect(declaredInputs(contract, env)).toEqual({ subject: " oci:a ", "signing-key": "" });
  expect(declaredInputs(contract, {})).toEqual({ subject: undefined, "signing-key": undefined });
});

it("finds inputs that were not declared", () => {
  const env = {
    INPUT_SUBJECT: "oci:a",
    INPUT_SIGNING_KEY: "underscore",
    "INPUT_SIGNING-KEYS": "plural",
    INPUT_subject: "lower case",
    PATH: "/bin",
  };
  expect(undeclaredInputs(contract, env)).toEqual({
    signing_key: "underscore",
    "signing-keys": "plural",
    INPUT_subject: "lower case",
  });
});

it("does not take the variables of a Kubernetes Service for inputs", () => {
  const env = {
    INPUT_QUEUE_SERVICE_HOST: "10.0.0.1",
    INPUT_QUEUE_SERVICE_PORT: "80",
    INPUT_QUEUE_SERVICE_PORT_HTTP: "80",
    INPUT_QUEUE_PORT: "tcp://10.0.0.1:80",
    INPUT_QUEUE_PORT_80_TCP_ADDR: "10.0.0.1",
  };
  expect(undeclaredInputs(contract, env)).toEqual({});
});
