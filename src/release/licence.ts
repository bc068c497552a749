/**
 * True for an SPDX licence expression (SPDX 3.0.1, annex B) by its grammar; names are not looked up, so that
 * licences of models, `llama3.1` or `LicenseRef-own`, can be said.
 */
export function isLicenceExpression(text: string): boolean {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let depth = 0;
  let expect: "licence" | "operator" = "licence";
  let withAllowed = false;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? "";
    if (expect === "licence") {
      if (token === "(") depth += 1;
      else if (isLicenceName(token)) [expect, withAllowed] = ["operator", true];
      else return false;
    } else if (token === ")") {
      depth -= 1;
      withAllowed = false;
      if (depth < 0) return false;
    } else if (/^(?:AND|OR|and|or)$/.test(token)) expect = "licence";
    else if (withAllowed && /^(?:WITH|with)$/.test(token) && isException(tokens[index + 1])) {
      index += 1;
      withAllowed = false;
    } else return false;
  }
  return expect === "operator" && depth === 0;
}

function isLicenceName(token: string): boolean {
  return /^(?:DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9][A-Za-z0-9.-]*\+?$/.test(token) && !isOperator(token);
}

function isException(token: string | undefined): boolean {
  return token !== undefined && /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(token) && !isOperator(token);
}

function isOperator(token: string): boolean {
  return /^(?:AND|OR|WITH)$/i.test(token);
}
