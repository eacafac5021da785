// Server properties → Hierarchy of Administration Servers: whether this server is a secondary, and of whom.
import { useEffect, useRef, useState } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Checkbox, Content, Form, FormGroup, Radio } from "@patternfly/react-core";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { hasCode, ProblemError, told } from "../../api/problem";
import { usePrimary, useReload, useServerRecord } from "../../api/queries";
import type { Primary, PrimaryMay } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { CertificateDownload } from "../../parts/certificate_download";
import type { CertificateFile } from "../../parts/certificate";
import { CertificateField } from "../../parts/certificate_field";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { ConflictAlert } from "../../parts/conflict_alert";
import { useFirstWrong } from "../../parts/first_wrong";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { Loaded } from "../../parts/loading";
import { ProblemAlert } from "../../parts/problem_alert";
import { emptyProxy, proxyRequest } from "../../parts/proxy";
import { ProxyFields } from "../../parts/proxy_fields";
import { Said } from "../../parts/said";
import { StatusMark } from "../../parts/status_mark";
import { TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";
import { isAhead, When } from "../../parts/when";
import { JoinCard } from "./join_card";
import { MoveCard } from "./move_card";
import { editPrimaryRequest, missingInPrimary, primaryDraft, setRequest, type PrimaryDraft } from "./primary_model";

const kMay: PrimaryMay[] = ["full", "read", "none"];

function Standing({ primary }: { primary: Extract<Primary, { configured: true }> }) {
  const { t } = useTranslation();
  const { href } = useServer();
  return (
    <Card id="primary-link">
      <CardTitle component="h2">{t("primary.link")}</CardTitle>
      <CardBody className="daikan-stack">
        <Facts
          items={[
            [t("common.name"), primary.name ?? t("common.unknown")],
            [t("servers.column_state"), <StatusMark state={primary.state} />],
            [t("servers.column_last_connected"), <When at={primary.last_connected_at} />],
            [t("overview.version"), primary.version],
            [t("primary.fingerprint"), <Fingerprint value={primary.fingerprint} />],
            [t("secondary.peer_address"), primary.peer_address],
            [t("secondary.next_attempt"), isAhead(primary.next_attempt_at) ? <When at={primary.next_attempt_at} /> : null],
          ]}
        />
        <div>
          <Link to={href("/link-doctor?primary")}>{t("secondary.check_link")}</Link>
        </div>
        {primary.state !== "connected" && primary.reason !== null && <ProblemAlert problem={primary.reason} variant="warning" />}
        {primary.state !== "connected" && primary.reason === null && primary.next_step && (
          <Alert isInline variant="info" title={t(`primary.wait_${primary.direction}`)}>
            <p><Said text={primary.next_step} /></p>
          </Alert>
        )}
      </CardBody>
    </Card>
  );
}

function PrimaryForm({ seen, onSaved }: { seen: Answer<Primary>; onSaved: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const mayConfigure = useMay("configure_hierarchy");
  // Nobody lets the primary do what they may not do here themselves.
  const mayManage = useMay("manage_server");
  const mayManageUsers = useMay("manage_users");
  const bound: PrimaryMay = mayManage && mayManageUsers ? "full" : "none";
  const [file, setFile] = useState<CertificateFile | null>(null);
  const [untested, setUntested] = useState(false);
  const [replace, setReplace] = useState(false);
  const [tried, setTried] = useState(0);
  const [asks, setAsks] = useState(false);

  const edit = useRecordEdit<Primary, PrimaryDraft>({
    seen,
    toDraft: (record) => primaryDraft(record, bound),
    read: () => api.get("primary"),
    save: async (changed, draft, etag) => {
      if (!edit.record.configured || replace) {
        await api.put("primary", { body: setRequest(draft, file!, replace), ifMatch: etag });
        return;
      }
      const body = editPrimaryRequest(changed, file, untested);
      if (body !== null) await api.patch("primary", { body, ifMatch: etag });
      if (changed.primary_may) await api.put("primary/rights", { body: { primary_may: changed.primary_may } });
    },
  });
  const { draft, set, problem } = edit;
  const isNew = !edit.record.configured || replace;
  const dials = draft.direction === "secondary_dials";
  const missing = missingInPrimary(draft, file, isNew);
  const complete = Object.keys(missing).length === 0;
  const shown = tried ? missing : {};
  const mismatch = hasCode(problem, "certificate_mismatch");
  const wasTried = problem instanceof ProblemError && (problem.status === 502 || mismatch);
  // The server tried the address; a file that was just chosen is more likely to be the wrong one.
  const wrongFile = mismatch && file !== null;
  const form = useRef<HTMLFormElement>(null);
  useFirstWrong(form, problem ?? (tried > 0 && !complete ? tried : null));
  const certificateWord = isNew ? "certificate" : edit.record.configured && edit.record.last_connected_at === null ? "other_certificate" : "new_certificate";
  const fields = ["address", "certificate", "proxy"];
  const at = problem ? told(problem).field?.split(".")[0] : undefined;

  const save = async () => {
    setTried((times) => times + 1);
    if (!draft.used) {
      if (edit.record.configured) setAsks(true);
      return;
    }
    if (!complete || !(await edit.submit())) return;
    tell(t("primary.saved"));
    await reload();
    onSaved();
  };
  const show = (field: keyof PrimaryDraft, of: PrimaryDraft): string => {
    switch (field) {
      case "used":
        return t(of.used ? "primary.is_used" : "primary.is_not_used");
      case "direction":
        return t(`primary.direction_${of.direction}`);
      case "proxy":
        return of.proxy === null ? "" : proxyRequest(of.proxy).url;
      case "primary_may":
        return t(`primary.may_${of.primary_may}`);
      case "address":
        return of.address;
    }
  };

  return (
    <Card>
      <CardTitle component="h2">{t("primary.title")}</CardTitle>
      <CardBody>
        <Form
          ref={form}
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
          className="daikan-form"
        >
          {problem && !(at && fields.includes(at)) ? (
            <ProblemAlert
              problem={problem}
              actions={
                hasCode(problem, "already_has_primary") && (
                  <Checkbox id="replace" label={t("primary.replace")} isChecked={replace} onChange={(_, value) => setReplace(value)} />
                )
              }
            />
          ) : null}
          <ConflictAlert edit={edit} label={(field) => t(`primary.field_${field}`)} show={show} />
          <Checkbox id="used" label={t("primary.use")} isChecked={draft.used} isDisabled={!mayConfigure} onChange={(_, used) => set({ used })} />
          {draft.used && (
            <div className="daikan-indented daikan-form">
              <FormGroup role="radiogroup" label={t("primary.field_direction")} fieldId="direction">
                <Radio id="secondary-dials" name="primary-direction" label={t("primary.direction_secondary_dials")} isDisabled={!mayConfigure} isChecked={dials} onChange={() => set({ direction: "secondary_dials" })} />
                <Radio
                  id="primary-dials"
                  name="primary-direction"
                  label={t("primary.direction_primary_dials")}
                  description={t("primary.dmz_hint")}
                  isDisabled={!mayConfigure}
                  isChecked={!dials}
                  onChange={() => set({ direction: "primary_dials" })}
                />
              </FormGroup>
              {dials && (
                <>
                  <TextField
                    id="primary-address"
                    label={t("add_secondary.primary_address")}
                    value={draft.address}
                    onChange={(address) => set({ address })}
                    isRequired
                    isDisabled={!mayConfigure}
                    placeholder="hq.example.com:13000"
                    hint={t("primary.address_hint")}
                    problem={wrongFile ? null : problem}
                    field="address"
                    message={shown.address ? t("common.required") : null}
                  />
                  <Checkbox id="uses-proxy" label={t("proxy.use")} isDisabled={!mayConfigure} isChecked={draft.proxy !== null} onChange={(_, uses) => set({ proxy: uses ? emptyProxy : null })} />
                  {draft.proxy !== null && (
                    <ProxyFields
                      id="proxy"
                      value={draft.proxy}
                      onChange={(proxy) => set({ proxy })}
                      problem={problem}
                      hostMessage={shown.proxy ? t("common.required") : null}
                      keepsPassword={edit.record.configured && edit.record.proxy !== null}
                    />
                  )}
                </>
              )}
              <CertificateField
                id="certificate"
                label={t(`primary.${certificateWord}`)}
                value={file}
                onChange={setFile}
                problem={problem}
                field={wrongFile ? "address" : "certificate"}
                isRequired={isNew}
                hint={t(`primary.${certificateWord}_hint`)}
                message={shown.certificate ? t("primary.certificate_first") : null}
              />
              <FormGroup role="radiogroup" label={t("primary.field_primary_may")} fieldId="may">
                {kMay.map((each) => (
                  <Radio
                    key={each}
                    id={`may-${each}`}
                    name="may"
                    label={t(`primary.may_${each}`)}
                    description={t(`primary.may_${each}_hint`)}
                    isDisabled={!mayConfigure}
                    isChecked={draft.primary_may === each}
                    onChange={() => set({ primary_may: each })}
                  />
                ))}
              </FormGroup>
              {(wasTried || untested) && <Checkbox id="untested" label={t("secondary.untested")} description={t("secondary.untested_hint")} isChecked={untested} onChange={(_, value) => setUntested(value)} />}
            </div>
          )}
          {mayConfigure ? (
            <ActionGroup>
              <Button type="submit" isLoading={edit.busy} isDisabled={edit.busy || (!edit.dirty && file === null)}>
                {t("common.save")}
              </Button>
            </ActionGroup>
          ) : (
            <Content component="small">{t("primary.may_not")}</Content>
          )}
        </Form>
      </CardBody>
      {asks && (
        <ConfirmDialog
          title={t("primary.clear_title")}
          confirm={t("primary.clear")}
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.delete("primary");
            tell(t("primary.cleared"));
            await reload();
          }}
        >
          <Content component="p">{t("primary.clear_affects")}</Content>
          {path.length > 0 && <Alert isInline variant="warning" title={t("primary.clear_from_above")} />}
        </ConfirmDialog>
      )}
    </Card>
  );
}

export function HierarchySection() {
  const { t } = useTranslation();
  const { path } = useServer();
  const seen = usePrimary(path);
  const server = useServerRecord(path);
  const mayConfigure = useMay("configure_hierarchy");
  const [saved, setSaved] = useState(0);
  const shown = useRef(0);
  const stands = seen.data?.data.configured === true;
  useEffect(() => {
    if (saved === shown.current || !stands) return;
    shown.current = saved;
    // What became of it stands above the form.
    document.getElementById("primary-link")?.scrollIntoView({ block: "start" });
  }, [saved, stands]);
  return (
    <Loaded query={seen}>
      {(answer) => (
        <>
          {answer.data.configured && <Standing primary={answer.data} />}
          {/* The form keeps what is typed while the link's state changes, and begins anew with another primary. */}
          <PrimaryForm key={answer.data.configured ? `${answer.data.fingerprint} ${answer.data.revision}` : "none"} seen={answer} onSaved={() => setSaved((times) => times + 1)} />
          {mayConfigure && (answer.data.configured ? <MoveCard /> : <JoinCard />)}
          <Card>
            <CardTitle component="h2">{t("primary.own")}</CardTitle>
            <CardBody className="daikan-stack">
              <Content component="p">{t("primary.own_for")}</Content>
              {server.data && <Fingerprint value={server.data.fingerprint} />}
              <div>
                <CertificateDownload serverName={server.data?.name ?? "server"} />
              </div>
            </CardBody>
          </Card>
        </>
      )}
    </Loaded>
  );
}
