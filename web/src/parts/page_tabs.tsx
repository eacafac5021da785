import styles from "@patternfly/react-styles/css/components/Tabs/tabs";
import { Link } from "react-router-dom";

export interface PageTab {
  name: string;
  text: string;
  to: string;
}

/** Views of one thing, each a page with an address of its own: links that look like tabs. */
export function PageTabs({ label, tabs, current }: { label: string; tabs: PageTab[]; current: string }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      <ul className={styles.tabsList}>
        {tabs.map((tab) => (
          <li key={tab.name} className={`${styles.tabsItem}${tab.name === current ? ` ${styles.modifiers.current}` : ""}`}>
            <Link className={styles.tabsLink} to={tab.to} aria-current={tab.name === current ? "page" : undefined}>
              <span className={styles.tabsItemText}>{tab.text}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
