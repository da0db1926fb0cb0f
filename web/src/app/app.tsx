import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { RouterProvider } from "react-router";
import type { Messages } from "../i18n/en.js";
import { LocaleProvider } from "../i18n/locale.js";
import { SessionProvider } from "../session/session.js";
import { router } from "./routes.js";
import { cssVariables, theme } from "./theme/theme.js";

const schemes = localStorageColorSchemeManager({ key: "onrecord.scheme" });

/** The whole app: look, language, session, pages. `messages` are those of the first language. */
export function App({ messages }: { messages: Messages }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      <LocaleProvider messages={messages}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </LocaleProvider>
    </MantineProvider>
  );
}
