/** Where to go after signing in: a path of this app, never another site that a forged link names. */
export function nextPath(asked: string | null): string {
  if (asked === null || !/^\/(?![/\\])/.test(asked)) return "/";
  const base = "https://onrecord.invalid";
  const url = URL.parse(asked, base);
  if (url === null || url.origin !== base || url.pathname.startsWith("/sign-in")) return "/";
  return url.pathname + url.search;
}
