import { useState } from "react";
import {
  Button,
  Dropdown,
  DropdownItem,
  DropdownList,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  MenuToggle,
  PageToggleButton,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { UserIcon } from "@patternfly/react-icons";
import { Link, useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { isLocalConsole } from "../api/local_console";
import { session, signOut } from "../api/session";
import { useSignal } from "../api/signal";
import { useServerRecord } from "../api/queries";
import { tell } from "../app/notices";
import { Mark } from "./mark";
import { LanguageSwitch, ThemeSwitch } from "./switches";

function UserMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const state = useSignal(session);
  const name = "session" in state ? state.session.account.name : "";
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plainText" isExpanded={open} onClick={() => setOpen(!open)} icon={<UserIcon />} aria-label={t("shell.user_menu", { name })}>
          {name}
        </MenuToggle>
      )}
      popperProps={{ position: "end" }}
    >
      <DropdownList>
        <DropdownItem onClick={() => void navigate("/account")}>{t("shell.account")}</DropdownItem>
        <DropdownItem onClick={() => void signOut().catch((error: unknown) => tell(String(error), "warning"))}>{t("shell.sign_out")}</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}

export function DaikanMasthead() {
  const { t } = useTranslation();
  const server = useServerRecord([]);
  return (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton isHamburgerButton aria-label={t("shell.toggle_tree")} />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link {...props} to="/" className={`${props.className ?? ""} daikan-brand`} />}>
            <Mark />
            <span className="daikan-brand-name">Daikan</span>
            {server.data && <span className="daikan-brand-server">{server.data.name}</span>}
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isStatic>
          <ToolbarContent>
            <ToolbarGroup align={{ default: "alignEnd" }} gap={{ default: "gapNone" }}>
              {isLocalConsole && (
                <ToolbarItem>
                  <Button variant="link" component="a" href="/at/">
                    {t("console_servers.others")}
                  </Button>
                </ToolbarItem>
              )}
              <ToolbarItem>
                <LanguageSwitch />
              </ToolbarItem>
              <ToolbarItem>
                <ThemeSwitch />
              </ToolbarItem>
              <ToolbarItem>
                <UserMenu />
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
}
