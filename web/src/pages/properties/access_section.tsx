import { useState } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Form, FormGroup, TextArea } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { isAtField } from "../../api/problem";
import { pathKey } from "../../api/path";
import type { AccessRules } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { Loaded } from "../../parts/loading";
import { ProblemAlert } from "../../parts/problem_alert";
import { FieldError, TextField } from "../../parts/text_field";
import { useSubmit } from "../../parts/use_submit";

/** One network in each line; commas and blanks part them too. */
export const sourcesOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");

function AccessForm({ rules }: { rules: AccessRules }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const client = useQueryClient();
  const mayManage = useMay("manage_server");
  const [least, setLeast] = useState(String(rules.password_least));
  const [sources, setSources] = useState(rules.console_sources.join("\n"));
  const number = Number(least);
  const wrong = !Number.isInteger(number) || number < 8 || number > 128;
  const { busy, problem, submit } = useSubmit(async () => {
    if (wrong) return;
    const saved = (await api.put("access_rules", { body: { password_least: number, console_sources: sourcesOf(sources) } })).data;
    client.setQueryData([pathKey(path), "access_rules"], saved);
    tell(t("access.saved"));
  });
  const atField = isAtField(problem, "console_sources") || isAtField(problem, "password_least");
  return (
    <Card>
      <CardTitle component="h2">{t("access.title")}</CardTitle>
      <CardBody>
        <Form
          className="daikan-form"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {!atField && <ProblemAlert problem={problem} />}
          <TextField id="password-least" label={t("access.password_least")} value={least} onChange={setLeast} type="number" min={8} max={128} isDisabled={!mayManage} problem={problem} field="password_least" message={wrong ? t("access.password_range") : null} />
          <FormGroup label={t("access.sources")} fieldId="sources">
            <TextArea id="sources" value={sources} onChange={(_, text) => setSources(text)} rows={5} isDisabled={!mayManage} validated={isAtField(problem, "console_sources") ? "error" : "default"} aria-describedby="sources-help" spellCheck={false} resizeOrientation="vertical" />
            <FieldError id="sources" problem={problem} field="console_sources" hint={t("access.sources_hint")} />
          </FormGroup>
          {mayManage && (
            <ActionGroup>
              <Button type="submit" isLoading={busy} isDisabled={busy || wrong}>
                {t("common.save")}
              </Button>
            </ActionGroup>
          )}
        </Form>
      </CardBody>
    </Card>
  );
}

export function AccessSection() {
  const { path, api } = useServer();
  const rules = useQuery({ queryKey: [pathKey(path), "access_rules"], queryFn: async ({ signal }) => (await api.get("access_rules", { signal })).data });
  return <Loaded query={rules}>{(record) => <AccessForm rules={record} />}</Loaded>;
}
