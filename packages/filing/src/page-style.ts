/** How a filing looks on its own page, on screen and on A4 paper. */
export const pageStyle = `
:root { color-scheme: light; }
html { background: #f1f1ee; }
body {
  box-sizing: border-box; max-width: 210mm; margin: 2rem auto; padding: 22mm 20mm; background: #fff; color: #111;
  font: 10.5pt/1.45 "Times New Roman", Tinos, "Liberation Serif", "Songti TC", "Noto Serif CJK TC", serif;
  box-shadow: 0 1px 6px rgb(0 0 0 / 18%); overflow-wrap: break-word;
}
h1, h2, h3, h4, h5, h6 { margin: 1.5em 0 .5em; line-height: 1.25; break-after: avoid; }
h1 { font-size: 1.65em; } h2 { font-size: 1.3em; } h3 { font-size: 1.1em; } h4, h5, h6 { font-size: 1em; }
h4 { font-style: italic; }
h1 + h1, h2 + h2, h3 + h3, h1 + h2, h2 + h3, h3 + h4 { margin-top: .5em; }
main > :first-child { margin-top: 0; }
p { margin: .55em 0; orphans: 2; widows: 2; }
ul, ol { margin: .55em 0; padding-left: 1.7em; } li > p { margin: .3em 0; }
a { color: #14407a; text-decoration: none; } a:hover { text-decoration: underline; }
blockquote { margin: .8em 0; padding-left: 1.2em; border-left: 2px solid #bbb; }
pre { margin: .8em 0; padding: .6em .8em; background: #f6f6f4; font-size: .85em; white-space: pre-wrap; }
code { font-family: "Liberation Mono", Menlo, Consolas, monospace; font-size: .92em; }
hr { margin: 1.6em 0; border: 0; border-top: .5pt solid #999; }
sub, sup { line-height: 0; font-size: .7em; }
table {
  width: 100%; margin: 1em 0; border-collapse: collapse; border-top: 1pt solid #111; border-bottom: 1pt solid #111;
  font-size: .9em; line-height: 1.3; font-variant-numeric: lining-nums tabular-nums;
}
td, th { padding: .28em .6em; vertical-align: bottom; text-align: left; font-weight: normal; border-bottom: .25pt solid #ddd; }
td:first-child, th:first-child { padding-left: .2em; }
th { font-weight: bold; border-bottom: .75pt solid #111; }
tr { break-inside: avoid; }
td p, th p { margin: 0; } td p + p, th p + p { margin-top: .3em; }
header, footer { color: #555; font: 8.5pt/1.4 "Liberation Sans", Arial, "Noto Sans CJK TC", sans-serif; }
header { margin-bottom: 2em; padding-bottom: .6em; border-bottom: .5pt solid #bbb; }
footer { margin-top: 2.5em; padding-top: .6em; border-top: .5pt solid #bbb; }
header p, footer p { margin: 0; }
@media (max-width: 700px) { body { margin: 0; padding: 1.2rem; box-shadow: none; } main { overflow-x: auto; } }
@media print {
  @page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page); font: 8.5pt serif; } }
  html { background: none; }
  body { max-width: none; margin: 0; padding: 0; box-shadow: none; }
  a { color: inherit; }
}
`;
