import { ActionIcon, Tooltip } from "@mantine/core";
import type { Icon as IconType } from "@tabler/icons-react";
import type { ComponentProps } from "react";

interface ToolButtonProps extends Omit<ComponentProps<"button">, "color"> {
  readonly label: string;
  readonly Icon: IconType;
  /** A toggle's state; leave it out for a command. */
  readonly active?: boolean;
  /** The shortcut, with `Mod` for Ctrl or ⌘. */
  readonly keys?: string;
}

const apple = /mac|iphone|ipad/i.test(navigator.userAgent);

/** One tool: an icon with its name, its shortcut and whether it is on. It takes no focus from the text when clicked. */
export function ToolButton({ label, Icon, active, keys, disabled = false, ...rest }: ToolButtonProps) {
  const shortcut = keys?.replace("Mod+", apple ? "⌘" : "Ctrl+");
  return (
    <Tooltip label={shortcut ? `${label} (${shortcut})` : label}>
      <ActionIcon
        data-active={active || undefined}
        aria-label={label}
        data-toolbar-toggle
        aria-pressed={active}
        disabled={disabled}
        onMouseDown={(event) => event.preventDefault()}
        {...rest}
      >
        <Icon size={17} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}
