// Backups: one now, as a file to keep; those that tasks make by themselves; and how a server is made of one again.
//
// Only of the server that serves the console: a backup holds the key that a server is known by, and nobody above has to have that.
import { useState } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Content, Form } from "@patternfly/react-core";
import { DownloadIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { isAtField } from "../../api/problem";
import { useServerRecord } from "../../api/queries";
import type { Task } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { download } from "../../parts/download";
import { Loaded } from "../../parts/loading";
import { PasswordField } from "../../parts/password_field";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable } from "../../parts/record_table";
import { Said } from "../../parts/said";
import { useSubmit } from "../../parts/use_submit";
import { When } from "../../parts/when";

const kLeastBytes = 12;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

function MakeCard() {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const server = useServerRecord(path);
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const short = bytesOf(passphrase) < kLeastBytes;
  const differs = passphrase !== again;
  const { busy, problem, submit } = useSubmit(async () => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ passphrase }) };
    await download(api.url("backups"), `${server.data?.name ?? "server"}.backup`, init);
    tell(t("backups.made"));
    setPassphrase("");
    setAgain("");
    setTried(false);
  });
  return (
    <Card>
      <CardTitle component="h2">{t("backups.make_title")}</CardTitle>
      <CardBody>
        <Form
          className="daikan-form"
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (!short && !differs) submit();
          }}
        >
          <Content component="p">
            {t("backups.lead")} {t("backups.make_for")}
          </Content>
          {!isAtField(problem, "passphrase") && <ProblemAlert problem={problem} />}
          <PasswordField id="passphrase" label={t("backups.passphrase")} value={passphrase} onChange={setPassphrase} hint={t("backups.passphrase_hint")} message={tried && short ? t("backups.passphrase_short") : null} problem={problem} field="passphrase" />
          <PasswordField id="passphrase-again" label={t("backups.passphrase_again")} value={again} onChange={setAgain} message={tried && differs ? t("backups.passphrase_differs") : null} />
          <ActionGroup>
            <Button type="submit" icon={<DownloadIcon />} isLoading={busy} isDisabled={busy || passphrase === "" || again === ""}>
              {t(busy ? "backups.making" : "backups.make")}
            </Button>
          </ActionGroup>
        </Form>
      </CardBody>
    </Card>
  );
}

function Scheduled() {
  const { t } = useTranslation();
  const { api, key, href } = useServer();
  const tasks = useQuery({ queryKey: [key, "tasks"], queryFn: async ({ signal }) => (await api.get("tasks", { signal })).data.items });
  return (
    <Card>
      <CardTitle component="h2">{t("backups.scheduled_title")}</CardTitle>
      <CardBody className="daikan-stack">
        <Loaded query={tasks}>
          {(all) => (
            <RecordTable<Task>
              label={t("backups.scheduled_title")}
              columns={[
                { name: "name", text: t("common.name"), cell: (task) => task.name },
                { name: "next", text: t("tasks.next"), cell: (task) => (task.next_start ? <When at={task.next_start} /> : "–") },
                {
                  name: "last",
                  text: t("tasks.last"),
                  cell: (task) =>
                    task.last_run ? (
                      <>
                        {t(`tasks.run_${task.last_run.state}`)} <When at={task.last_run.started_at} />
                        <div className={task.last_run.state === "failed" ? "daikan-error" : "daikan-subtle"}>
                          <Said text={task.last_run.message} />
                        </div>
                      </>
                    ) : (
                      "–"
                    ),
                },
              ]}
              rows={all.filter((task) => task.kind === "backup")}
              keyOf={(task) => task.name}
              empty={<Alert isInline variant="info" title={t("backups.none_scheduled")} />}
            />
          )}
        </Loaded>
        <div>
          <Link to={href("/tasks")}>{t("backups.to_tasks")}</Link>
        </div>
      </CardBody>
    </Card>
  );
}

export function BackupsSection() {
  const { t } = useTranslation();
  const mayManage = useMay("manage_server");
  const mayManageUsers = useMay("manage_users");
  return (
    <>
      {mayManage && mayManageUsers ? <MakeCard /> : <Alert isInline variant="info" title={t("backups.may_not")} />}
      <Scheduled />
      <Card>
        <CardTitle component="h2">{t("backups.restore_title")}</CardTitle>
        <CardBody>
          <Content component="p">{t("backups.restore_how")}</Content>
          <code>daikan restore FILE --data FOLDER</code>
        </CardBody>
      </Card>
    </>
  );
}
