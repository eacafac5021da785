// The link doctor: one link, step by step, from both ends where a way exists; the first failing step with its remedy; the report as a file.
//
// `?secondary=ID` or `?primary` names the link, and the check begins by itself. Nothing is changed by it.
import { useEffect, useRef, useState } from "react";
import { Button, Card, CardBody, Flex, FlexItem, FormGroup, FormSelect, FormSelectOption, PageSection, Spinner } from "@patternfly/react-core";
import { DownloadIcon, StethoscopeIcon } from "@patternfly/react-icons";
import { useSearchParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { usePrimary, useSecondaries } from "../../api/queries";
import type { LinkCheck } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { saveAs } from "../../parts/download";
import { Empty } from "../../parts/empty";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { Ends } from "./ends";
import { reportName } from "./model";
import { Steps } from "./steps";

const kPrimary = "primary";

function useCheck(): { check: LinkCheck | null; busy: boolean; problem: unknown; run: (link: string) => void; stop: () => void } {
  const { api } = useServer();
  const [check, setCheck] = useState<LinkCheck | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const attempt = useRef<AbortController | null>(null);
  useEffect(() => () => attempt.current?.abort(), []);
  const run = async (link: string) => {
    attempt.current?.abort();
    const own = new AbortController();
    attempt.current = own;
    setCheck(null);
    setProblem(null);
    setBusy(true);
    try {
      setCheck((await api.post("link_checks", { body: link === kPrimary ? {} : { secondary_id: link }, signal: own.signal })).data);
    } catch (error) {
      if (!own.signal.aborted) setProblem(error);
    } finally {
      if (attempt.current === own) setBusy(false);
    }
  };
  return { check, busy, problem, run: (link) => void run(link), stop: () => attempt.current?.abort() };
}

function Found({ check }: { check: LinkCheck }) {
  const { t } = useTranslation();
  return (
    <>
      {check.ok ? (
        <Alert isInline variant="success" title={t("link_doctor.ok", { name: check.peer ?? t("common.unknown") })} data-found="ok">
          {check.other_end === null && t("link_doctor.ok_one_end")}
        </Alert>
      ) : (
        <ProblemAlert problem={check.error} />
      )}
      <Card>
        <CardBody className="daikan-stack">
          <Steps check={check} />
          <div>
            <Button variant="secondary" icon={<DownloadIcon />} onClick={() => saveAs(new Blob([`${JSON.stringify(check, null, 2)}\n`], { type: "application/json" }), reportName(check))}>
              {t("link_doctor.download")}
            </Button>
            <p className="daikan-subtle">{t("link_doctor.download_hint")}</p>
          </div>
        </CardBody>
      </Card>
      <Ends check={check} />
    </>
  );
}

export function LinkDoctorPage() {
  const { t } = useTranslation();
  const { path } = useServer();
  const [asked, setAsked] = useSearchParams();
  const primary = usePrimary(path);
  const secondaries = useSecondaries(path);
  const named = asked.get("secondary") ?? (asked.has(kPrimary) ? kPrimary : null);
  const { check, busy, problem, run, stop } = useCheck();
  const begin = useRef(run);
  begin.current = run;
  useEffect(() => {
    if (named !== null) begin.current(named);
  }, [named]);
  const own = primary.data?.data;
  const offered = [
    ...(own?.configured ? [{ link: kPrimary, text: t("link_doctor.to_primary", { name: own.name ?? own.address ?? "" }) }] : []),
    ...(secondaries.data ?? []).map((each) => ({ link: each.id, text: t("link_doctor.to_secondary", { name: each.name }) })),
  ];
  const [typed, setTyped] = useState<string | null>(null);
  const chosen = typed ?? named ?? offered[0]?.link ?? "";
  const start = () => {
    if (chosen === named) run(chosen);
    else setAsked(chosen === kPrimary ? { primary: "" } : { secondary: chosen }, { replace: true });
  };
  const none = primary.isSuccess && secondaries.isSuccess && offered.length === 0;
  return (
    <>
      <PageHeader title={t("link_doctor.title")} lead={t("link_doctor.lead")} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        {none ? (
          <Empty title={t("link_doctor.none")} icon={StethoscopeIcon}>
            {t("link_doctor.none_body")}
          </Empty>
        ) : (
          <Flex alignItems={{ default: "alignItemsFlexEnd" }}>
            <FlexItem>
              <FormGroup label={t("link_doctor.which")} fieldId="link">
                <FormSelect id="link" value={chosen} isDisabled={busy} onChange={(_, link) => setTyped(link)}>
                  {offered.map((each) => (
                    <FormSelectOption key={each.link} value={each.link} label={each.text} />
                  ))}
                </FormSelect>
              </FormGroup>
            </FlexItem>
            <FlexItem>
              <Button onClick={start} isDisabled={busy || chosen === ""}>
                {t(check === null ? "link_doctor.check" : "link_doctor.again")}
              </Button>
            </FlexItem>
            {busy && (
              <FlexItem>
                <Button variant="link" onClick={stop}>
                  {t("common.cancel")}
                </Button>
              </FlexItem>
            )}
          </Flex>
        )}
        <div role="status" className="daikan-line">
          {busy && (
            <>
              <Spinner size="md" aria-label={t("common.loading")} /> {t("link_doctor.asking")}
            </>
          )}
        </div>
        <ProblemAlert problem={problem} onRetry={start} />
        {check && <Found check={check} />}
      </PageSection>
    </>
  );
}
