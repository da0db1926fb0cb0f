import "reflect-metadata";
import { Field, ID, InputType, Int } from "type-graphql";
import { ContentFormat, DocumentKind } from "./enums.js";

@InputType()
export class CreateFolderInput {
  @Field(() => ID, {
    nullable: true,
    description: "The folder to put it in; without one it opens at the top.",
  })
  parentId?: string | null;

  @Field(() => String)
  name!: string;
}

@InputType()
export class CreateDocumentInput {
  @Field(() => ID)
  folderId!: string;

  @Field(() => String)
  title!: string;

  @Field(() => DocumentKind)
  kind!: DocumentKind;
}

@InputType()
export class ImportDocumentInput {
  @Field(() => ID)
  folderId!: string;

  @Field(() => String, { nullable: true, description: "Without one, the page's own title is taken." })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The name of the file it came in: the title of a page that has none.",
  })
  fileName?: string | null;

  @Field(() => String, { description: "A web page, or what EDGAR delivers." })
  html!: string;
}

@InputType()
export class RestoreVersionInput {
  @Field(() => ID)
  documentId!: string;

  @Field(() => Int)
  version!: number;
}

@InputType()
export class NameVersionInput {
  @Field(() => ID)
  documentId!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String)
  name!: string;
}

@InputType()
export class ShredDocumentInput {
  @Field(() => ID)
  documentId!: string;

  @Field(() => String, { description: "The document's title, as it stands." })
  confirmTitle!: string;
}

@InputType()
export class DownloadInput {
  @Field(() => ID)
  documentId!: string;

  @Field(() => ContentFormat)
  format!: ContentFormat;
}
