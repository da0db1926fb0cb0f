import "./theme/first-controls.js";
import "./theme/tokens.css";
import "./theme/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readMessages } from "../i18n/languages.js";
import { firstLocale } from "../i18n/locale.js";
import { App } from "./app.js";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
const messages = await readMessages(firstLocale());
createRoot(root).render(
  <StrictMode>
    <App messages={messages} />
  </StrictMode>,
);
