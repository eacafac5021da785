import { useEffect } from "react";
import { Nav, NavItem, NavList } from "@patternfly/react-core";
import { matchPath, Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useRights, useServer } from "../app/place";
import { menu, type MenuEntry } from "../routes";

const isOpen = (entry: MenuEntry, page: string) =>
  entry.path === "/" ? page === "/" : [entry.path, entry.also].some((path) => path !== undefined && matchPath({ path, end: false }, page) !== null);

/** The pages of the server in front, above its workspace. Groups and secondaries are in the tree. */
export function ServerMenu({ page }: { page: string }) {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const rights = useRights();
  const entries = menu.filter((entry) => {
    if (entry.ownServerOnly && path.length > 0) return false;
    return entry.right === undefined || rights(entry.right, null);
  });
  const open = entries.find((entry) => isOpen(entry, page))?.name;
  // In a narrow window the list scrolls: the page that is open stays in sight.
  useEffect(() => {
    document.querySelector('.daikan-server-menu [aria-current="page"]')?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [open, entries.length]);
  if (open === undefined) return null;
  return (
    <Nav variant="horizontal-subnav" aria-label={t("shell.server_menu")} className="daikan-server-menu">
      <NavList backScrollAriaLabel={t("shell.scroll_back")} forwardScrollAriaLabel={t("shell.scroll_forward")}>
        {entries.map((entry) => (
          <NavItem key={entry.name} itemId={entry.name} isActive={entry.name === open}>
            <Link to={href(entry.path)}>{t(`menu.${entry.name}`)}</Link>
          </NavItem>
        ))}
      </NavList>
    </Nav>
  );
}
