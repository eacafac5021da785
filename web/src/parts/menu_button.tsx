import { useState } from "react";
import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { EllipsisVIcon } from "@patternfly/react-icons";

export interface MenuAction {
  name: string;
  text: string;
  onClick: () => void;
  danger?: boolean;
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
          <DropdownItem key={action.name} data-action={action.name} isDanger={action.danger ?? false} onClick={action.onClick}>
            {action.text}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
