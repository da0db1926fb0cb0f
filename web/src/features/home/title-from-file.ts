/** A title to begin with: the file's name without its ending and with its words apart. */
export function titleFromFile(name: string): string {
  return name
    .replace(/\.(x?html?|mht|mhtml|txt)$/i, "")
    .replace(/[_-]+/g, " ")
    .trim();
}
