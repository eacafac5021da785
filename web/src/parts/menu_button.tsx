import { useState } from "react";
import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { EllipsisVIcon } from "@patternfly/react-icons";

export interface MenuAction {
  name: string;
  text: string;
  onClick: () => void;
  danger?: boolean;
  /** Why it cannot be done, which is shown below; absent: it can. */
  refused?: string;
}

/** What else can be done with one thing, behind three dots. Nothing without actions. */
export function MenuButton({ label, actions }: { label: string; actions: MenuAction[] }) {
  const [open, setOpen] = useState(false);
  if (actions.length === 0) return null;
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      toggle={(ref) => <MenuToggle ref={ref} variant="plain" isExpanded={open} onClick={() => setOpen(!open)} aria-label={label} icon={<EllipsisVIcon />} />}
      popperProps={{ position: "end" }}
    >
      <DropdownList>
        {actions.map((action) => (
          <DropdownItem key={action.name} data-action={action.name} isDanger={action.danger ?? false} isAriaDisabled={action.refused !== undefined} description={action.refused} onClick={action.refused === undefined ? action.onClick : undefined}>
            {action.text}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
