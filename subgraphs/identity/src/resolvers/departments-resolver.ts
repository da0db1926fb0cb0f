import type { Connection } from "@onrecord/subgraph/relay";
import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { closeDepartment, createDepartment, renameDepartment } from "../commands/change-departments.js";
import type { IdentityContext } from "../context.js";
import { departmentById } from "../loaders/department-by-id.js";
import { membersOfDepartment } from "../loaders/members-of-department.js";
import { presentDepartment } from "../present.js";
import { listDepartments } from "../queries/list-departments.js";
import { DepartmentConnection, DepartmentType } from "../types/department-type.js";
import { PageArgs } from "../types/page-args.js";
import {
  CloseDepartmentInput,
  CreateDepartmentInput,
  RenameDepartmentInput,
} from "../types/people-inputs.js";

/** The departments of the firm, and what administrators do with them. */
@Resolver(() => DepartmentType)
export class DepartmentsResolver {
  @Query(() => DepartmentConnection, {
    description: "The departments of the firm, by name; for administrators.",
  })
  departments(
    @Args(() => PageArgs) args: PageArgs,
    @Arg("closed", () => Boolean, { defaultValue: false, description: "Those that are closed instead." })
    closed: boolean,
    @Ctx() context: IdentityContext,
  ): Promise<Connection<DepartmentType>> {
    return listDepartments(context, closed, args);
  }

  @FieldResolver(() => DepartmentType, { nullable: true, description: "The one that it is a part of." })
  async parent(
    @Root() { parentId }: DepartmentType,
    @Ctx() context: IdentityContext,
  ): Promise<DepartmentType | null> {
    const parent = parentId === null ? null : await departmentById(context).load(parentId);
    return parent && presentDepartment(parent);
  }

  @FieldResolver(() => Int, { nullable: true, description: "How many people are in it; for administrators." })
  memberCount(@Root() { id }: DepartmentType, @Ctx() context: IdentityContext): Promise<number | null> {
    return membersOfDepartment(context).load(id);
  }

  @Mutation(() => DepartmentType, { description: "Opens a department; for administrators." })
  createDepartment(
    @Arg("input", () => CreateDepartmentInput) input: CreateDepartmentInput,
    @Ctx() context: IdentityContext,
  ): Promise<DepartmentType> {
    return createDepartment(context, input);
  }

  @Mutation(() => DepartmentType, { description: "Gives a department another name; for administrators." })
  renameDepartment(
    @Arg("input", () => RenameDepartmentInput) input: RenameDepartmentInput,
    @Ctx() context: IdentityContext,
  ): Promise<DepartmentType> {
    return renameDepartment(context, input);
  }

  @Mutation(() => DepartmentType, {
    description: "Closes a department in which nobody is, and no other; for administrators. It stays closed.",
  })
  closeDepartment(
    @Arg("input", () => CloseDepartmentInput) { departmentId }: CloseDepartmentInput,
    @Ctx() context: IdentityContext,
  ): Promise<DepartmentType> {
    return closeDepartment(context, departmentId);
  }
}
