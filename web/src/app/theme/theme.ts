import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#eef4fa",
  "#dbe7f2",
  "#b6cee4",
  "#8bb8e6",
  "#5f95c8",
  "#3f76ab",
  "#2c6296",
  "#1f4e79",
  "#193f62",
  "#122f4a",
];

const dark: MantineColorsTuple = [
  "#e8e6e1",
  "#c6cad1",
  "#aeb4bf",
  "#8d94a1",
  "#414851",
  "#2d3238",
  "#262b30",
  "#1f2327",
  "#191c20",
  "#121417",
];

/** Onrecord's look on Mantine: small radii, one ink, dense controls. */
export const theme = createTheme({
  colors: { ink, dark },
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 5 },
  defaultRadius: 5,
  fontFamily: "var(--font-ui)",
  fontFamilyMonospace: "var(--font-mono)",
  fontSizes: { xs: "11.5px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  headings: { fontFamily: "var(--font-ui)", fontWeight: "620" },
  cursorType: "pointer",
  respectReducedMotion: true,
  // Named and not imported: the first page needs few of them.
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "md" } },
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        fz: 12,
        withArrow: true,
        events: { hover: true, focus: true, touch: false },
      },
    },
    Menu: { defaultProps: { shadow: "md", withinPortal: true, position: "bottom-end" } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35, blur: 2 } },
      styles: { title: { fontWeight: 620, fontSize: 15 } },
    },
    Badge: { defaultProps: { variant: "light", radius: 4, size: "sm" } },
  },
});

/** Mantine's own surfaces take Onrecord's tokens, so that both kinds of component stand on one desk. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--raised)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--ink-2)",
    "--mantine-color-default": "var(--raised)",
    "--mantine-color-default-hover": "color-mix(in srgb, var(--ink) 5%, var(--raised))",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-border": "var(--line-2)",
    "--mantine-color-placeholder": "var(--ink-3)",
    "--mantine-color-anchor": "var(--accent-ink)",
    "--mantine-color-error": "var(--bad)",
  };
  return { variables: {}, light: shared, dark: shared };
};
