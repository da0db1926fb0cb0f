import { answerQuestions, type Told } from "@onrecord/core/threads/answer-questions";
import { readContent } from "@onrecord/filing/content";
import { ChangeIndex } from "../attribution/change-index.js";
import { attribute } from "../attribution/question.js";
import { revert } from "../edit/reverted.js";
import { make, structsOf } from "../store/made.js";
import type { Answer, Ask } from "./ask.js";

const utf8 = new TextEncoder();

function answer(ask: Ask): Told<Answer> {
  switch (ask.kind) {
    case "content": {
      const doc = make(ask.of);
      const structs = structsOf(doc);
      const content = readContent(doc, ask.document, ask.format);
      const text = utf8.encode(ask.quoted ? JSON.stringify(content) : content);
      return {
        answer: { kind: "content", text, characters: content.length, structs },
        transfer: [text.buffer],
      };
    }
    case "attribution": {
      const { roots, ...told } = attribute(ask.question, ChangeIndex.of(ask.index));
      const json = utf8.encode(JSON.stringify(roots));
      return { answer: { kind: "attribution", ...told, roots: json }, transfer: [json.buffer] };
    }
    case "revert":
      return { answer: { kind: "revert", reverted: revert(ask.question) } };
  }
}

answerQuestions(answer);
