import { createHash } from "node:crypto";
import aws4 from "aws4";
import { expect, it } from "vitest";
import { signAws } from "./sign-aws.js";

it.each([undefined, "a/session+token=="])(
  "signs as another implementation does (token %s), whatever the body",
  (sessionToken) => {
    const credentials = { accessKeyId: "AKID", secretAccessKey: "s/e+cret" };
    for (const body of ["", "{}", '{"Plaintext":"招股章程"}', "x".repeat(5000)]) {
      const now = new Date(Number.parseInt(createHash("sha256").update(body).digest("hex").slice(0, 10), 16));
      const headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "TrentService.Encrypt",
      };
      const ours = signAws(
        { host: "kms.eu-west-1.amazonaws.com", body, headers },
        { service: "kms", region: "eu-west-1" },
        { ...credentials, sessionToken },
        now,
      );
      const theirs = aws4.sign(
        {
          service: "kms",
          region: "eu-west-1",
          method: "POST",
          path: "/",
          host: "kms.eu-west-1.amazonaws.com",
          body,
          headers: { ...headers, Host: "kms.eu-west-1.amazonaws.com", "X-Amz-Date": ours["x-amz-date"] },
          extraHeadersToIgnore: { "content-length": true },
        } as aws4.Request,
        { ...credentials, ...(sessionToken ? { sessionToken } : {}) },
      );
      expect(ours.authorization).toBe((theirs.headers as Record<string, string>).Authorization);
    }
  },
);
