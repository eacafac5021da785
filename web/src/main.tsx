import "@patternfly/react-core/dist/styles/base.css";
import "./app.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startTheme } from "./app/theme";
import { startLanguages } from "./i18n";

startTheme();
void startLanguages().then(() => createRoot(document.getElementById("root")!).render(<App />));
