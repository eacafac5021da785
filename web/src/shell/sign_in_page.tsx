import { useEffect } from "react";
import { Card, CardBody, CardTitle, Flex, FlexItem, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { send } from "../api/client";
import { apiRoot } from "../api/path";
import type { Identity } from "../api/types";
import { Fingerprint } from "../parts/fingerprint";
import { AwayBanner } from "./away_banner";
import { LanguageSwitch, ThemeSwitch } from "./switches";
import { Mark } from "./mark";
import { SignInForm } from "./sign_in_form";

export function SignInPage() {
  const { t } = useTranslation();
  const identity = useQuery({
    queryKey: ["identity"],
    queryFn: async ({ signal }) => (await (await send(`${apiRoot([])}/server/identity`, { method: "GET", signal })).json()) as Identity,
  });
  const name = identity.data?.name;
  useEffect(() => {
    document.title = [t("sign_in.title"), name, "Daikan"].filter(Boolean).join(" · ");
  }, [t, name]);
  return (
    <div className="daikan-sign-in">
      <AwayBanner />
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
      <main className="daikan-sign-in-main">
        <div className="daikan-sign-in-brand">
          <Mark />
          <span>Daikan</span>
        </div>
        <Card className="daikan-sign-in-card">
          <CardTitle>
            <Title headingLevel="h1" size="xl">
              {name ? t("sign_in.to", { name }) : t("sign_in.title")}
            </Title>
          </CardTitle>
          <CardBody>
            <SignInForm />
            {identity.data && (
              <details className="daikan-sign-in-certificate">
                <summary>{t("sign_in.which_server")}</summary>
                <p>{t("sign_in.compare")}</p>
                <Fingerprint value={identity.data.fingerprint} />
              </details>
            )}
          </CardBody>
        </Card>
      </main>
    </div>
  );
}
