/** The file in which a server that keeps nothing finds the state of a document. */
export function stateFile(documentId: string): string {
  return `${encodeURIComponent(documentId)}.yjs`;
}
