/** A refusal, as a client gets it: distribution-spec 1.1, "Error Codes". */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
