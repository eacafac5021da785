// The frame of the pages before anybody is inside a server: the two switches, the sign of the program, and what the page is about.
import type { ReactNode } from "react";
import { Flex, FlexItem } from "@patternfly/react-core";
import { LanguageSwitch, ThemeSwitch } from "./switches";
import { Mark } from "./mark";

export function Door({ main, banner, children }: { main: "daikan-sign-in-main" | "daikan-server-list"; banner?: ReactNode; children: ReactNode }) {
  return (
    <div className="daikan-sign-in">
      {banner}
      <header className="daikan-sign-in-bar">
        <Flex justifyContent={{ default: "justifyContentFlexEnd" }}>
          <FlexItem>
            <LanguageSwitch />
          </FlexItem>
          <FlexItem>
            <ThemeSwitch />
          </FlexItem>
        </Flex>
      </header>
      <main className={main}>
        <div className="daikan-sign-in-brand">
          <Mark />
          <span>Daikan</span>
        </div>
        {children}
      </main>
    </div>
  );
}
