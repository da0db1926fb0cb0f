import type { EntityManager } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import { DepartmentEntity } from "./entities/department.js";
import { RoleEntity } from "./entities/role.js";
import { UserEntity } from "./entities/user.js";

/** The invented firm of the demo. */
export const DEMO_FIRM = "Tsing Wan Securities Limited";

const DAY = 86_400_000;
/** How long the demo's guest may stay, in days; also the longest that policy lets any guest. */
const GUEST_DAYS = 90;

const departments = {
  corporateFinance: "Corporate Finance",
  dealing: "Dealing",
  compliance: "Compliance",
  risk: "Risk",
  administration: "Administration",
} as const;

const roles = ["admin", "compliance", "manager", "analyst", "trader", "risk"] as const;

interface Person {
  readonly name: string;
  readonly title: string;
  readonly department: keyof typeof departments | null;
  readonly role: (typeof roles)[number] | null;
}

const people = {
  admin: { name: "Wing Yan Ho", title: "Systems Administrator", department: "administration", role: "admin" },
  compliance: {
    name: "Ka Man Cheung",
    title: "Head of Compliance",
    department: "compliance",
    role: "compliance",
  },
  manager: {
    name: "Chi Keung Lam",
    title: "Director, Corporate Finance",
    department: "corporateFinance",
    role: "manager",
  },
  analyst1: {
    name: "Tsz Ching Wong",
    title: "Senior Analyst",
    department: "corporateFinance",
    role: "analyst",
  },
  analyst2: { name: "Hoi Lam Chan", title: "Analyst", department: "corporateFinance", role: "analyst" },
  analyst3: { name: "Pak Hei Leung", title: "Analyst", department: "corporateFinance", role: "analyst" },
  trader: { name: "Siu Ming Ng", title: "Dealer", department: "dealing", role: "trader" },
  risk: { name: "Mei Ling Yip", title: "Risk Control Specialist", department: "risk", role: "risk" },
  consultant: { name: "Helen Ashworth", title: "External Counsel", department: null, role: null },
} as const satisfies Record<string, Person>;

/** The short names of the demo's users: each is `<name>@demo.onrecord.test`. */
export type DemoName = keyof typeof people;

/** The ids of the demo's people, for those who make the rest of the firm. */
export interface DemoPeople {
  readonly users: Readonly<Record<DemoName, string>>;
  /** `firm` is the root, the others lie below it. */
  readonly departments: Readonly<Record<"firm" | keyof typeof departments, string>>;
  readonly roles: Readonly<Record<(typeof roles)[number], string>>;
}

/** The demo's users as a sign-in page may show them. */
export const demoSignIns: readonly { name: string; email: string; title: string }[] = Object.entries(
  people,
).map(([short, { name, title }]) => ({ name, title, email: demoEmail(short) }));

function demoEmail(short: string): string {
  return `${short}@demo.onrecord.test`;
}

/** Creates the people, departments and roles of the demo firm on an empty database. All share one password. */
export async function createDemoPeople(em: EntityManager, passwordHash: string): Promise<DemoPeople> {
  const ids = <K extends string>(keys: readonly K[]) =>
    Object.fromEntries(keys.map((key) => [key, newId()])) as Record<K, string>;
  const created: DemoPeople = {
    users: ids(Object.keys(people) as DemoName[]),
    departments: ids(["firm", ...(Object.keys(departments) as (keyof typeof departments)[])]),
    roles: ids(roles),
  };
  const firm = em.create(DepartmentEntity, { id: created.departments.firm, name: DEMO_FIRM });
  for (const [key, name] of Object.entries(departments) as [keyof typeof departments, string][])
    em.create(DepartmentEntity, { id: created.departments[key], name, parent: firm });
  for (const name of roles) em.create(RoleEntity, { id: created.roles[name], name });
  for (const [short, person] of Object.entries(people) as [DemoName, Person][])
    createPerson(em, created, short, person, passwordHash);
  await em.flush();
  return created;
}

function createPerson(
  em: EntityManager,
  created: DemoPeople,
  short: DemoName,
  { name, title, department, role }: Person,
  passwordHash: string,
): void {
  const guest = department === null;
  const createdAt = new Date();
  em.create(UserEntity, {
    id: created.users[short],
    email: demoEmail(short),
    name,
    kind: guest ? "GUEST" : "EMPLOYEE",
    title,
    department: department && created.departments[department],
    passwordHash,
    active: true,
    expiresAt: guest ? new Date(createdAt.getTime() + GUEST_DAYS * DAY) : null,
    createdAt,
    roles: role === null ? [] : [created.roles[role]],
  });
}
