export { type TestContext, testContext } from "@onrecord/context/testing/context";
export { addPerson, callerOf, type PersonFacts, signedIn } from "@onrecord/policy/testing/people";
export { type Answer, ask, follow } from "./subgraph.js";
