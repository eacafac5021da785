import { useState, type ReactNode } from "react";
import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { AdjustIcon, GlobeIcon, MoonIcon, SunIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { useSignal } from "../api/signal";
import { kThemes, theme, type Theme } from "../app/theme";
import { kLanguages, kOwnNames, speak, type Language } from "../i18n";

const kThemeIcons: Record<Theme, ReactNode> = { system: <AdjustIcon />, light: <SunIcon />, dark: <MoonIcon /> };

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const current = i18n.language as Language;
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={(_, value) => {
        setOpen(false);
        void speak(value as Language);
      }}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plainText" isExpanded={open} onClick={() => setOpen(!open)} aria-label={t("shell.language")} icon={<GlobeIcon />}>
          {kOwnNames[current]}
        </MenuToggle>
      )}
      popperProps={{ position: "end" }}
    >
      <DropdownList>
        {kLanguages.map((each) => (
          <DropdownItem key={each} value={each} isSelected={each === current} lang={each}>
            {kOwnNames[each]}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const current = useSignal(theme);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={(_, value) => {
        setOpen(false);
        theme.set(value as Theme);
      }}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plain" isExpanded={open} onClick={() => setOpen(!open)} aria-label={t("shell.theme", { now: t(`shell.theme_${current}`) })}>
          {kThemeIcons[current]}
        </MenuToggle>
      )}
      popperProps={{ position: "end" }}
    >
      <DropdownList>
        {kThemes.map((each) => (
          <DropdownItem key={each} value={each} isSelected={each === current} icon={kThemeIcons[each]}>
            {t(`shell.theme_${each}`)}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
