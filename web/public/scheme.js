// Runs before the first paint, so that a dark desk never flashes white. A file, not inline: the content security policy forbids inline scripts.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("onrecord.scheme");
  } catch {
    // Storage may be refused; the system's scheme then decides.
  }
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
})();
