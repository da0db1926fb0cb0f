/**
 * What of a lock file an installation of some workspaces runs: package paths in the lock, reached from the workspaces by everything but
 * dependencies of development, each name looked up as Node does. npm's own `--omit=dev` leaves out packages that a workspace also has for
 * development.
 */
export function shippedPackages({ packages }, workspaces) {
  const found = new Set();
  const visit = (path) => {
    const { link, resolved } = packages[path];
    if (link) return visit(resolved);
    if (found.has(path)) return;
    found.add(path);
    const {
      dependencies,
      optionalDependencies,
      peerDependencies,
      peerDependenciesMeta = {},
    } = packages[path];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const there = lookUp(packages, path, name);
      // Of optional ones, those of other platforms are in the lock too; an optional peer is there only if somebody else wants it.
      if (there === undefined || (peerDependenciesMeta[name]?.optional && !dependencies?.[name])) continue;
      visit(there);
    }
  };
  for (const workspace of workspaces) visit(workspace);
  return [...found];
}

function lookUp(packages, from, name) {
  for (let folder = from; ; ) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (folder === "") return undefined;
    const up = folder.lastIndexOf("/node_modules/");
    folder = up >= 0 ? folder.slice(0, up) : "";
  }
}
