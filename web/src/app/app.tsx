import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { RouterProvider } from "react-router";
import { LocaleProvider } from "../i18n/locale.js";
import { SessionProvider } from "../session/session.js";
import { router } from "./routes.js";
import { cssVariables, theme } from "./theme/theme.js";

const schemes = localStorageColorSchemeManager({ key: "onrecord.scheme" });

/** The whole app: look, language, session, pages. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      <LocaleProvider>
        <Notifications position="bottom-left" limit={3} />
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </LocaleProvider>
    </MantineProvider>
  );
}
