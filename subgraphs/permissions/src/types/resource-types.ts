import { Directive, Field, ID, ObjectType } from "type-graphql";

/** A folder, as far as access to it goes. */
@ObjectType("Folder")
@Directive('@key(fields: "id")')
export class FolderType {
  @Field(() => ID)
  id!: string;
}

/** A document, as far as access to it goes. */
@ObjectType("Document")
@Directive('@key(fields: "id")')
export class DocumentType {
  @Field(() => ID)
  id!: string;
}
