import { createBrowserRouter } from "react-router";
import { SignInPage } from "../features/sign-in/sign-in-page.js";
import { RouteError } from "./shell/route-error.js";

/** Every page; all but sign-in are split from the first load. */
export const router = createBrowserRouter([
  { path: "/sign-in", element: <SignInPage />, errorElement: <RouteError /> },
  {
    path: "/first-run",
    errorElement: <RouteError />,
    HydrateFallback: () => null,
    lazy: async () => ({ Component: (await import("../features/first-run/first-run-page.js")).FirstRunPage }),
  },
  {
    path: "/set-password",
    errorElement: <RouteError />,
    HydrateFallback: () => null,
    lazy: async () => ({
      Component: (await import("../features/first-run/set-password-page.js")).SetPasswordPage,
    }),
  },
  {
    path: "/",
    lazy: async () => ({ Component: (await import("./shell/shell.js")).Shell }),
    errorElement: <RouteError />,
    HydrateFallback: () => null,
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await import("../features/home/home-page.js")).HomePage }),
      },
      {
        path: "folders/:id",
        lazy: async () => ({ Component: (await import("../features/home/folder-page.js")).FolderPage }),
      },
      {
        path: "documents/:id",
        lazy: async () => ({ Component: (await import("../features/filing/document-page.js")).DocumentPage }),
      },
      {
        path: "alerts",
        lazy: async () => ({ Component: (await import("../features/alerts/alerts-page.js")).AlertsPage }),
      },
      {
        path: "record",
        lazy: async () => ({ Component: (await import("../features/record/record-page.js")).RecordPage }),
      },
      {
        path: "people/:section?",
        lazy: async () => ({ Component: (await import("../features/people/people-area.js")).PeopleArea }),
      },
      {
        path: "account",
        lazy: async () => ({ Component: (await import("../features/account/account-page.js")).AccountPage }),
      },
      { path: "*", lazy: async () => ({ Component: (await import("../ui/not-found.js")).NotFoundPage }) },
    ],
  },
]);
