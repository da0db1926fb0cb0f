import { readFile } from "node:fs/promises";
import { AppError } from "@onrecord/core/errors";
import type { KeySecrets, VaultKeySettings } from "@onrecord/core/key-settings";
import { packWrapped } from "../wrapped-key.js";
import { type Answer, askPatiently } from "./ask.js";
import { type KeyService, keysRefused } from "./key-service.js";

const ID = /^vault:([\w-][\w./-]*)\/([\w.-]+):v(\d+)$/;

/**
 * Wraps with a key of HashiCorp Vault's transit engine, of a type with associated data (aes256-gcm96, as by default): that binds each
 * data key to its document. The id of a key is `vault:<mount>/<key>:v<version>`: a new version is a rotation.
 */
export class VaultTransit implements KeyService {
  readonly provider = "vault";

  constructor(
    private readonly settings: VaultKeySettings,
    private readonly secrets: KeySecrets,
  ) {}

  async current(): Promise<string> {
    return this.#id(await this.#latest());
  }

  async wrap(dataKey: Buffer, context: string): Promise<Buffer> {
    const { mount, key } = this.settings;
    const { ciphertext } = await this.#call("POST", `${mount}/encrypt/${key}`, {
      plaintext: dataKey.toString("base64"),
      associated_data: Buffer.from(context).toString("base64"),
    });
    const version = /^vault:v(\d+):/.exec(String(ciphertext))?.[1];
    if (version === undefined) throw keysRefused(this.#name, "its answer to encrypt is none");
    return packWrapped(this.#id(Number(version)), Buffer.from(String(ciphertext)));
  }

  async unwrap(keyId: string, body: Buffer, context: string): Promise<Buffer> {
    const [, mount, key] = ID.exec(keyId) ?? [];
    // Whoever can write to the database names the key: not one that somebody else may have made elsewhere.
    if (mount !== this.settings.mount || key === undefined || /^\.+$/.test(key))
      throw new AppError(
        "INTERNAL",
        `A data key is wrapped by "${keyId}", which is no key of ONRECORD_VAULT_MOUNT.`,
      );
    const { plaintext } = await this.#call("POST", `${mount}/decrypt/${key}`, {
      ciphertext: body.toString(),
      associated_data: Buffer.from(context).toString("base64"),
    });
    if (typeof plaintext !== "string") throw keysRefused(this.#name, "its answer to decrypt is none");
    return Buffer.from(plaintext, "base64");
  }

  async next(): Promise<string> {
    return this.#id((await this.#latest()) + 1);
  }

  async useNext(): Promise<void> {
    await this.#call("POST", `${this.settings.mount}/keys/${this.settings.key}/rotate`, {});
  }

  async #latest(): Promise<number> {
    const { mount, key } = this.settings;
    const { latest_version } = await this.#call("GET", `${mount}/keys/${key}`);
    if (typeof latest_version !== "number")
      throw keysRefused(this.#name, `its answer names no version of ${mount}/${key}`);
    return latest_version;
  }

  #id(version: number): string {
    return `vault:${this.settings.mount}/${this.settings.key}:v${version}`;
  }

  get #name(): string {
    return `Vault ${new URL(this.settings.address).host}`;
  }

  async #call(
    method: "GET" | "POST",
    path: string,
    request?: object,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { address, namespace, tokenFile } = this.settings;
    const answer = await askPatiently(
      this.#name,
      async () => ({
        url: `${address}/v1/${path}`,
        method,
        headers: {
          "content-type": "application/json",
          "x-vault-request": "true",
          // Read each time: an agent renews it.
          "x-vault-token":
            tokenFile === undefined ? (this.secrets.vaultToken ?? "") : await readToken(tokenFile),
          ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
        },
        ...(request === undefined ? {} : { body: JSON.stringify(request) }),
      }),
      passing,
    );
    const { status, body, legible } = answer;
    if (status === 204) return {};
    if (status === 200 && !legible)
      throw keysRefused(this.#name, "what answers there is no Vault, it sends no JSON: see VAULT_ADDR");
    if (status === 200) return (body.data ?? {}) as Record<string, unknown>;
    const said = saidBy(answer);
    if (/message authentication failed|invalid ciphertext/.test(said))
      throw new AppError(
        "INTERNAL",
        `A data key does not open with its key of Vault (${said}): it was altered or moved.`,
      );
    throw keysRefused(this.#name, `${said} at ${path}`);
  }
}

async function readToken(path: string): Promise<string> {
  return (
    await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw keysRefused("Vault", `ONRECORD_VAULT_TOKEN_FILE cannot be read (${cause.code})`, cause);
    })
  ).trim();
}

function saidBy({ status, body }: Answer): string {
  const { errors } = body as { errors?: unknown[] };
  return [`status ${status}`, ...(Array.isArray(errors) ? errors.map(String) : [])]
    .join(": ")
    .replaceAll(/\s+/g, " ")
    .slice(0, 200);
}

/** Why an answer of Vault says nothing that lasts: it is sealed, a standby, or asked too much. */
function passing(answer: Answer): string | undefined {
  return answer.status >= 500 || [429, 412, 472, 473].includes(answer.status) ? saidBy(answer) : undefined;
}
