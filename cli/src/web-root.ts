import { fileURLToPath } from "node:url";

/** Where the built web app lies: beside this package, from the sources and from the build alike. */
export const webRoot = fileURLToPath(new URL("../../web/dist", import.meta.url));
