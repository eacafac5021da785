// One's own account at the server that serves the console: password, second factor, own tokens and sessions, language and theme.
import { PageSection } from "@patternfly/react-core";
import { useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { session } from "../../api/session";
import { useSignal } from "../../api/signal";
import { useServer } from "../../app/place";
import { PageHeader } from "../../parts/page_header";
import { PageTabs } from "../../parts/page_tabs";
import { NotFoundPage } from "../not_found";
import { AppearanceCard } from "./appearance";
import { OwnSessions } from "./own_sessions";
import { PasswordCard } from "./password_card";
import { Tokens } from "./tokens";
import { TwoFactorCard } from "./two_factor_card";

const kSections = ["security", "tokens", "sessions", "appearance"] as const;

export function AccountPage() {
  const { t } = useTranslation();
  const { href } = useServer();
  const { section = "security" } = useParams();
  const state = useSignal(session);
  const name = "session" in state ? state.session.account.name : "";
  if (!kSections.some((each) => each === section)) return <NotFoundPage />;
  return (
    <>
      <PageHeader title={t("account.title", { name })} lead={t("account.lead")}>
        <PageTabs label={t("account.sections")} current={section} tabs={kSections.map((each) => ({ name: each, text: t(`account.section_${each}`), to: href(`/account/${each}`) }))} />
      </PageHeader>
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        {section === "security" && (
          <>
            <PasswordCard name={name} />
            <TwoFactorCard />
          </>
        )}
        {section === "tokens" && <Tokens />}
        {section === "sessions" && <OwnSessions />}
        {section === "appearance" && <AppearanceCard />}
      </PageSection>
    </>
  );
}
