import { useEffect } from "react";
import { Card, CardBody, CardTitle, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { send } from "../api/client";
import { apiRoot } from "../api/path";
import type { Identity } from "../api/types";
import { Fingerprint } from "../parts/fingerprint";
import { AwayBanner } from "./away_banner";
import { Door } from "./door";
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
    <Door main="daikan-sign-in-main" banner={<AwayBanner />}>
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
    </Door>
  );
}
