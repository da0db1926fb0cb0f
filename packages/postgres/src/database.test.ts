import { describe, expect, it } from "vitest";
import { checkServer } from "./check-server.js";

describe("a database that is not there", () => {
  it("is told in one sentence, without the password", async () => {
    const asking = checkServer("postgres://someone:hunter2@127.0.0.1:1/firm", "DATABASE_URL");
    await expect(asking).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringMatching(
        /^Cannot reach the database of DATABASE_URL \(127\.0\.0\.1:1\/firm\): .*ECONNREFUSED.*\. See .*\.$/,
      ),
    });
    await expect(asking).rejects.not.toMatchObject({ message: expect.stringContaining("hunter2") });
  });
});
