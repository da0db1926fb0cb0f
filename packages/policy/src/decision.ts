import type { Reason } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import type { Sql } from "@onrecord/postgres/database";
import { CedarPolicies } from "./cedar.js";
import { type Facts, readFacts } from "./facts.js";
import { type Action, levelName, levelNumber, type ResourceAction } from "./levels.js";
import type { Principal } from "./principal.js";
import type { Standing } from "./stand.js";

/** An answer of the decision point. */
export interface Decision {
  readonly allow: boolean;
  /** Why: the deciding policies, or the level that is missing. */
  readonly reasons: readonly Reason[];
  /** Whether the principal may know that the resource exists. */
  readonly visible: boolean;
  readonly facts: Facts | null;
  /** Names the policies that decided. */
  readonly policyVersion: string;
  /** The permission revision of the snapshot in which the facts were read. */
  readonly revision: number;
  /** When the grant behind it ends, ISO 8601; decide again then. */
  readonly expiresAt: string | null;
}

const needed: Record<ResourceAction | "readTrail" | "shred", number> = {
  view: levelNumber("VIEW"),
  download: levelNumber("DOWNLOAD"),
  comment: levelNumber("COMMENT"),
  edit: levelNumber("EDIT"),
  manage: levelNumber("MANAGE"),
  readTrail: levelNumber("VIEW"),
  shred: levelNumber("MANAGE"),
};

/** The one decision point: GraphQL, WebSocket, download and subscriptions all ask it, and it alone knows the rules. */
export class DecisionPoint {
  readonly #policies = CedarPolicies.load();

  /** `log` is told when a policy fails; whoever asked is not told how. */
  constructor(
    private readonly sql: Sql,
    private readonly log?: Pick<Logger, "error">,
  ) {}

  /** Decides one action on one resource, on what is committed now. Pass the open transaction as `sql` to decide inside it. */
  async decide(
    principal: Principal,
    action: Action,
    resourceId: string,
    sql: Sql = this.sql,
  ): Promise<Decision> {
    const decisions = await this.decideEach(principal, [action], [resourceId], sql);
    return decisions.get(resourceId)![action]!;
  }

  /** Decides several actions on several resources from one read. */
  async decideEach<A extends Action>(
    principal: Principal,
    actions: readonly A[],
    resourceIds: readonly string[],
    sql: Sql = this.sql,
  ): Promise<Map<string, Record<A, Decision>>> {
    const { revision, facts } = await readFacts(sql, principal, resourceIds);
    return new Map(
      resourceIds.map((id) => [
        id,
        this.judgeEach({ principal, facts: facts.get(id) ?? null, revision }, actions),
      ]),
    );
  }

  /** Decides several actions on what a right rests on (`LiveRights`). */
  judgeEach<A extends Action>(
    { principal, facts, revision }: Pick<Standing, "principal" | "facts" | "revision">,
    actions: readonly A[],
  ): Record<A, Decision> {
    const decided = actions.map((action) => [action, this.#judge(principal, action, facts, revision)]);
    return Object.fromEntries(decided) as Record<A, Decision>;
  }

  /** Decides on facts already read (a list query that brought them along). */
  judge(principal: Principal, action: Action, facts: Facts): boolean {
    return this.#policies.evaluate(principal, action, facts).allow;
  }

  #judge(principal: Principal, action: Action, facts: Facts | null, revision: number): Decision {
    const base = {
      facts,
      policyVersion: this.#policies.version,
      revision,
      expiresAt: facts?.expiresAt ?? null,
    };
    if (facts === null)
      return {
        ...base,
        allow: false,
        visible: false,
        reasons: [{ id: "unknown", text: "There is no such resource." }],
      };
    const verdict = this.#policies.evaluate(principal, action, facts);
    if (verdict.fault !== undefined)
      this.log?.error({ action, fault: verdict.fault }, "a policy failed, so the answer was no");
    const visible =
      facts.kind === "FIRM" || verdict.allow || this.#policies.evaluate(principal, "view", facts).allow;
    return {
      ...base,
      allow: verdict.allow,
      visible,
      reasons: verdict.allow || verdict.reasons.length > 0 ? verdict.reasons : [missing(action, facts)],
    };
  }
}

/** The sentence for a denial that no policy spoke for: nothing permits it. */
function missing(action: Action, facts: Facts): Reason {
  if (
    action === "readAudit" ||
    action === "readDiscreet" ||
    action === "createTopFolder" ||
    action === "managePeople"
  )
    return { id: "role", text: "None of your roles allows this." };
  const level = needed[action];
  return {
    id: "level",
    text: `This needs the level ${levelName(level)}; yours here is ${levelName(facts.level) ?? "none"}.`,
  };
}
