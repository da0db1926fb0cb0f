import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, InputType, Int, registerEnumType } from "type-graphql";
import { UserKind } from "./user-kind.js";

/** Why an account is suspended, as the record writes it. */
export const SuspensionReason = {
  LEFT: "LEFT",
  ABSENT: "ABSENT",
  SECURITY: "SECURITY",
  OTHER: "OTHER",
} as const;
export type SuspensionReason = keyof typeof SuspensionReason;

registerEnumType(SuspensionReason, {
  name: "SuspensionReason",
  description: "Why an account is suspended; the record tells it to all its readers.",
});

/** Whether an account can be used. */
export const UserStatus = { ACTIVE: "ACTIVE", SUSPENDED: "SUSPENDED", ENDED: "ENDED" } as const;
export type UserStatus = keyof typeof UserStatus;

registerEnumType(UserStatus, {
  name: "UserStatus",
  description: "Whether an account can be used, is suspended, or is over.",
});

/** Which people are listed. */
@InputType()
export class UserFilter {
  @Field(() => String, { nullable: true, description: "A part of the name or of the e-mail address." })
  text?: string | null;

  @Field(() => ID, { nullable: true, description: "Those in this department; not those below it." })
  departmentId?: string | null;

  @Field(() => ID, { nullable: true })
  roleId?: string | null;

  @Field(() => [UserKind], { nullable: true })
  kinds?: UserKind[] | null;

  @Field(() => [UserStatus], { nullable: true })
  statuses?: UserStatus[] | null;
}

/** Somebody who is to get an account. */
@InputType()
export class CreateUserInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  title?: string | null;

  @Field(() => ID, { nullable: true })
  departmentId?: string | null;

  @Field(() => [ID], { nullable: true })
  roleIds?: string[] | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When the account ends: no later than the maker's own, and with that when not given.",
  })
  expiresAt?: Date | null;
}

/** What is to be another of an account; what is not given stays. */
@InputType()
export class UpdateUserInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => Int, {
    nullable: true,
    description: "The `revision` that was looked at: CONFLICT when somebody changed the account since.",
  })
  revision?: number | null;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true, description: "Null takes it away." })
  title?: string | null;

  @Field(() => ID, { nullable: true, description: "Null takes the person out of theirs." })
  departmentId?: string | null;

  @Field(() => [ID], { nullable: true })
  addRoleIds?: string[] | null;

  @Field(() => [ID], { nullable: true })
  removeRoleIds?: string[] | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Null: it does not end." })
  expiresAt?: Date | null;
}

@InputType()
export class SuspendUserInput {
  @Field(() => ID)
  userId!: string;

  @Field(() => SuspensionReason)
  reason!: SuspensionReason;
}

/** Whom something is done to. */
@InputType()
export class UserIdInput {
  @Field(() => ID)
  userId!: string;
}

@InputType()
export class CreateDepartmentInput {
  @Field(() => String)
  name!: string;

  @Field(() => ID, { nullable: true, description: "The department that it is a part of." })
  parentId?: string | null;
}

@InputType()
export class RenameDepartmentInput {
  @Field(() => ID)
  departmentId!: string;

  @Field(() => String)
  name!: string;
}

@InputType()
export class CloseDepartmentInput {
  @Field(() => ID)
  departmentId!: string;
}

@InputType()
export class CreateRoleInput {
  @Field(() => String)
  name!: string;
}

@InputType()
export class RenameRoleInput {
  @Field(() => ID)
  roleId!: string;

  @Field(() => String)
  name!: string;
}

@InputType()
export class CloseRoleInput {
  @Field(() => ID)
  roleId!: string;
}
