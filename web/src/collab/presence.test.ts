import { expect, test } from "vitest";
import { presentIn } from "./presence.js";

const user = (id: string, name: string) => ({ user: { id, name, color: "#123456" } });

test("each person once, me first, then by name", () => {
  const states = new Map([
    [1, user("u3", "Tom")],
    [2, user("u1", "Mei")],
    [3, user("u2", "Ada")],
    [4, user("u3", "Tom")],
  ]);
  expect(presentIn(states, 2, "u1").map(({ name }) => name)).toEqual(["Mei", "Ada", "Tom"]);
});

test("a state that is no person, or has no name, is left out; a bad colour is replaced", () => {
  const states = new Map<number, Record<string, unknown>>([
    [1, {}],
    [2, { user: null }],
    [3, { user: { name: "" } }],
    [4, { user: { name: "Eve", color: "red;position:fixed" } }],
  ]);
  expect(presentIn(states, 9, "u1")).toEqual([
    { id: "client:4", name: "Eve", color: "#5b6472", isMe: false },
  ]);
});
