// Light, dark, or as the system says.
import { Signal } from "../api/signal";

export const kThemes = ["system", "light", "dark"] as const;
export type Theme = (typeof kThemes)[number];

const kStored = "daikan.theme";
const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)");

export const theme = new Signal<Theme>(kThemes.find((one) => one === localStorage.getItem(kStored)) ?? "system");

function paint(): void {
  const dark = theme.value === "dark" || (theme.value === "system" && systemIsDark.matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
  document.documentElement.classList.toggle("daikan-dark", dark);
}

export function startTheme(): void {
  paint();
  systemIsDark.addEventListener("change", paint);
  theme.watch(() => {
    localStorage.setItem(kStored, theme.value);
    paint();
  });
}
