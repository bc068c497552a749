import { expect, it } from "vitest";
import { knownRegistry } from "./known-registries.ts";

it.each([
  ["ghcr.io", "GitHub's container registry"],
  ["GHCR.io:443", "GitHub's container registry"],
  ["containers.ghcr.io", "GitHub's container registry"],
  ["123456789012.dkr.ecr.eu-central-1.amazonaws.com", "Amazon ECR"],
  ["123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "Amazon ECR"],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "Amazon ECR"],
  ["public.ecr.aws", "Amazon ECR Public"],
  ["team.azurecr.io", "Azure Container Registry"],
  ["quay.io", "Quay.io"],
  ["quay.io.example.com", undefined],
  ["evilghcr.io", undefined],
  ["12345.dkr.ecr.eu-central-1.amazonaws.com", undefined],
  ["registry.example.com", undefined],
  ["127.0.0.1:5000", undefined],
])("%s is %s", (host, name) => {
  expect(knownRegistry(host)?.name).toBe(name);
});

it("knows how large a blob may be", () => {
  expect(knownRegistry("ghcr.io")?.largestBlob).toBe(10_737_418_240);
  expect(knownRegistry("public.ecr.aws")?.largestBlob).toBe(10_485_760_000);
});
