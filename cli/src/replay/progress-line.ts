import type { Progress } from "./driver.js";

/** Shows how far a replay is: a line that renews itself on a terminal, a line per tenth elsewhere. */
export function progressLine(stream: NodeJS.WriteStream): (progress: Progress) => void {
  let lastTenth = -1;
  let before = { sent: 0, elapsed: 0 };
  return (progress) => {
    const percent = Math.floor((100 * progress.sent) / Math.max(1, progress.total));
    const done = progress.sent === progress.total && progress.inStep === progress.clients;
    const tenth = Math.floor(percent / 10);
    if (!stream.isTTY && tenth === lastTenth && !done) return;
    const rate = (1000 * (progress.sent - before.sent)) / Math.max(1, progress.elapsed - before.elapsed);
    before = progress;
    lastTenth = tenth;
    const line = `${String(percent).padStart(3)} %  ${progress.sent} of ${progress.total} changes  ${Math.round(rate)}/s  ${progress.inStep} of ${progress.clients} clients in step`;
    if (!stream.isTTY) stream.write(`${line}\n`);
    else stream.write(`\r\u001b[K${line}${done ? "\n" : ""}`);
  };
}
