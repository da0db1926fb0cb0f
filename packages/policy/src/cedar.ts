import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { AppError, type Reason } from "@onrecord/core/errors";
import type { Facts } from "./facts.js";
import type { Action } from "./levels.js";
import type { Principal } from "./principal.js";

const folder = new URL("../policies/", import.meta.url);
const types = { FIRM: "Firm", FOLDER: "Folder", DOCUMENT: "Document" } as const;

/** What Cedar said: allowed or not, and the policies that decided. */
export interface Verdict {
  readonly allow: boolean;
  readonly reasons: readonly Reason[];
  /** Cedar's own words where a policy failed: for the log, never for whoever asked. */
  readonly fault?: string;
}

/** Cedar names the action and the kind of resource that do not go together in its own language; people get this. */
const notHere: Reason = { id: "not-here", text: "This cannot be done here." };
const failed: Reason = {
  id: "policy-error",
  text: "The rules could not be applied to this, so the answer is no. Tell your administrator.",
};

/**
 * The firm's policies in Cedar, checked against their schema when loaded.
 *
 * Policies speak of attributes only, so requests with equal attributes have equal verdicts: those are remembered, and a list of
 * a thousand documents costs a handful of evaluations. The memory lives and dies with one version of the policies.
 */
export class CedarPolicies {
  /** SHA-256 of schema and policies, hex: names what a decision was made by. */
  readonly version: string;
  readonly #reasons: ReadonlyMap<string, string>;
  readonly #memory = new Map<string, Verdict>();

  private constructor(
    schema: string,
    policies: Record<string, string>,
    reasons: ReadonlyMap<string, string>,
  ) {
    this.version = createHash("sha256").update(schema).update(JSON.stringify(policies)).digest("hex");
    this.#reasons = reasons;
    for (const answer of [
      cedar.preparseSchema(this.version, schema),
      cedar.preparsePolicySet(this.version, { staticPolicies: policies }),
    ]) {
      if (answer.type === "failure") throw badPolicies(answer.errors);
    }
  }

  /** Loads the policies that come with this package. Throws BAD_CONFIG with Cedar's own words when they do not fit the schema. */
  static load(): CedarPolicies {
    const schema = readFileSync(new URL("schema.cedarschema", folder), "utf8");
    const text = readdirSync(folder)
      .filter((name) => name.endsWith(".cedar"))
      .sort()
      .map((name) => readFileSync(new URL(name, folder), "utf8"))
      .join("\n");
    const parts = cedar.policySetTextToParts(text);
    if (parts.type === "failure") throw badPolicies(parts.errors);
    const policies: Record<string, string> = {};
    const reasons = new Map<string, string>();
    for (const policy of parts.policies) {
      const json = cedar.policyToJson(policy);
      if (json.type === "failure") throw badPolicies(json.errors);
      const { id, reason } = json.json.annotations ?? {};
      if (!id || policies[id])
        throw new AppError("BAD_CONFIG", `A policy has no @id of its own: ${policy.slice(0, 120)}`);
      policies[id] = policy;
      if (reason) reasons.set(id, reason);
      // Whoever is refused is told why, and not the name of a policy.
      else if (json.json.effect === "forbid")
        throw new AppError("BAD_CONFIG", `The policy ${id} forbids something without a @reason.`);
    }
    const validation = cedar.validate({ schema, policies: { staticPolicies: policies } });
    const faults =
      validation.type === "failure"
        ? validation.errors
        : validation.validationErrors.map(({ error }) => error);
    if (faults.length > 0) throw badPolicies(faults);
    return new CedarPolicies(schema, policies, reasons);
  }

  /** Evaluates one request. Cedar skips a policy that errors, also a forbid: so any error is a denial. */
  evaluate(principal: Principal, action: Action, facts: Facts): Verdict {
    const key = JSON.stringify([
      principal.userKind,
      principal.roles,
      action,
      facts.kind,
      facts.labels,
      facts.level,
    ]);
    const known = this.#memory.get(key);
    if (known) return known;
    const verdict = this.#evaluate(principal, action, facts);
    if (this.#memory.size >= 10_000) this.#memory.clear();
    this.#memory.set(key, verdict);
    return verdict;
  }

  #evaluate(principal: Principal, action: Action, facts: Facts): Verdict {
    const user = { type: "User", id: "principal" };
    const resource = { type: types[facts.kind], id: "resource" };
    const answer = cedar.statefulIsAuthorized({
      principal: user,
      action: { type: "Action", id: action },
      resource,
      context: { level: facts.level },
      preparsedSchemaName: this.version,
      validateRequest: true,
      preparsedPolicySetId: this.version,
      entities: [
        { uid: user, attrs: { kind: principal.userKind, roles: [...principal.roles] }, parents: [] },
        { uid: resource, attrs: { labels: [...facts.labels] }, parents: [] },
      ],
    });
    // The policies fit the schema since they were loaded, so it is the request that does not: there is no such action on such a thing.
    if (answer.type === "failure") return { allow: false, reasons: [notHere] };
    const { decision, diagnostics } = answer.response;
    if (diagnostics.errors.length > 0) {
      const fault = diagnostics.errors
        .map(({ policyId, error }) => `${policyId}: ${error.message}`)
        .join("; ");
      return { allow: false, reasons: [failed], fault };
    }
    const reasons = diagnostics.reason.map((id) => ({
      id,
      text: this.#reasons.get(id) ?? "It is permitted.",
    }));
    return { allow: decision === "allow", reasons };
  }
}

function badPolicies(errors: readonly { message: string }[]): AppError {
  return new AppError(
    "BAD_CONFIG",
    `The policies are not valid: ${errors.map(({ message }) => message).join("; ")}`,
  );
}
