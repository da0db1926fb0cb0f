export { addDocument } from "@onrecord/history/testing/documents";
export { addGrant, removeGrant } from "@onrecord/policy/testing/grants";
