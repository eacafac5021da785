// What a server does by itself: its tasks, when each runs next, how it went, and the runs before.
import { useState } from "react";
import { Button, Content, Label, ModalBody, ModalHeader, PageSection } from "@patternfly/react-core";
import { CalendarAltIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pathKey } from "../../api/path";
import { useReload } from "../../api/queries";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Dialog } from "../../parts/dialog";
import { Empty } from "../../parts/empty";
import { kindsOf, useKindName } from "../../parts/event_kind";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { MenuButton, type MenuAction } from "../../parts/menu_button";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable, type Column } from "../../parts/record_table";
import { Said } from "../../parts/said";
import { When } from "../../parts/when";
import { EditTaskDialog } from "./edit_task_dialog";
import { readSchedule, type Task } from "./model";
import { TaskDialog } from "./task_dialog";

type Run = NonNullable<Task["last_run"]>;

const kColors = { running: "blue", done: "green", failed: "red", cancelled: "grey", interrupted: "orange", skipped: "grey" } as const;

function RunMark({ run }: { run: Run }) {
  const { t } = useTranslation();
  return (
    <Label isCompact variant="outline" color={kColors[run.state]} data-run={run.state}>
      {t(`tasks.run_${run.state}`)}
    </Label>
  );
}

function Runs({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation();
  const nameOf = useKindName();
  const { api, path } = useServer();
  const runs = useQuery({ queryKey: [pathKey(path), "tasks", task.id, "runs"], queryFn: async ({ signal }) => (await api.get("tasks/{id}/runs", { path: { id: task.id }, signal })).data.items });
  return (
    <Dialog variant="large" onClose={onClose} aria-labelledby="runs-title">
      <ModalHeader title={t("tasks.runs_of", { name: task.name })} labelId="runs-title" />
      <ModalBody tabIndex={0} aria-label={t("tasks.runs_of", { name: task.name })}>
        <Loaded query={runs}>
          {(all) => (
            <RecordTable<Run>
              label={t("tasks.runs_of", { name: task.name })}
              columns={[
                { name: "started", text: t("tasks.started"), cell: (run) => <When at={run.started_at} exact /> },
                { name: "server", text: t("tasks.server"), cell: (run) => run.server ?? <span className="daikan-nowrap">{t("tasks.for_server")}</span> },
                { name: "result", text: t("tasks.result"), cell: (run) => <RunMark run={run} /> },
                {
                  name: "cause",
                  text: t("tasks.cause"),
                  cell: (run) => (
                    <>
                      {t(`tasks.cause_${run.cause}`)} {run.cause === "event" ? nameOf(run.by ?? "") : run.by}
                    </>
                  ),
                },
                { name: "message", text: t("tasks.message"), modifier: "breakWord", cell: (run) => <Said text={run.message} /> },
              ]}
              rows={all}
              keyOf={(run) => run.id}
              empty={<Content component="p">{t("tasks.no_runs")}</Content>}
            />
          )}
        </Loaded>
      </ModalBody>
    </Dialog>
  );
}

export function TasksPage() {
  const { t } = useTranslation();
  const nameOf = useKindName();
  const { api, path } = useServer();
  const reload = useReload(path);
  const { pathOf } = useGroupNames();
  const may = useMay("manage_tasks");
  const tasks = useQuery({ queryKey: [pathKey(path), "tasks"], queryFn: async ({ signal }) => (await api.get("tasks", { signal })).data.items });
  const [adds, setAdds] = useState(false);
  const [shown, setShown] = useState<{ what: "edit" | "runs" | "remove"; task: Task } | null>(null);
  const [problem, setProblem] = useState<unknown>(null);

  const run = async (work: () => Promise<unknown>, said: string) => {
    setProblem(null);
    try {
      await work();
      tell(said, "info");
    } catch (error) {
      setProblem(error);
    }
    await reload();
  };
  const actionsOf = (task: Task): MenuAction[] => {
    const at = { path: { id: task.id } };
    const list: MenuAction[] = [{ name: "runs", text: t("tasks.runs"), onClick: () => setShown({ what: "runs", task }) }];
    if (!may || task.owner !== null) return list;
    list.push({ name: "edit", text: t("common.edit"), onClick: () => setShown({ what: "edit", task }) });
    if (task.last_run?.state === "running") list.push({ name: "cancel", text: t("tasks.cancel"), onClick: () => void run(() => api.post("tasks/{id}/cancel", at), t("tasks.cancelled", { name: task.name })) });
    else list.push({ name: "start", text: t("tasks.start"), onClick: () => void run(() => api.post("tasks/{id}/start", at), t("tasks.was_started", { name: task.name })) });
    list.push({
      name: "enable",
      text: t(task.enabled ? "tasks.disable" : "tasks.enable"),
      onClick: () => void run(() => api.patch("tasks/{id}", { ...at, body: { enabled: !task.enabled }, ifMatch: `"${task.revision}"` }), t(task.enabled ? "tasks.was_disabled" : "tasks.was_enabled", { name: task.name })),
    });
    list.push({ name: "remove", text: t("common.remove"), danger: true, onClick: () => setShown({ what: "remove", task }) });
    return list;
  };
  const schedule = (task: Task) => {
    const { when, text } = readSchedule(task.schedule);
    return t(`tasks.schedule_${when}`, { text: when === "event" ? kindsOf(text).map(nameOf).join(t("common.between")) : text });
  };
  const columns: Column<Task>[] = [
    {
      name: "name",
      text: t("common.name"),
      cell: (task) => (
        <>
          {task.name} {!task.enabled && <Label isCompact>{t("tasks.is_disabled")}</Label>}
        </>
      ),
    },
    { name: "kind", text: t("tasks.kind"), modifier: "nowrap", cell: (task) => t(`tasks.kind_${task.kind}`) },
    {
      name: "for",
      text: t("tasks.for"),
      cell: (task) => (
        <>
          {task.group === null ? <span className="daikan-nowrap">{t("tasks.for_server")}</span> : pathOf(task.group)}
          {task.owner && <div className="daikan-subtle">{t("tasks.inherited", { name: task.owner.name })}</div>}
        </>
      ),
    },
    { name: "when", text: t("tasks.when"), cell: schedule },
    { name: "next", text: t("tasks.next"), modifier: "nowrap", cell: (task) => (task.next_start ? <When at={task.next_start} /> : "–") },
    {
      name: "last",
      text: t("tasks.last"),
      cell: (task) =>
        task.last_run ? (
          <>
            <RunMark run={task.last_run} /> <When at={task.last_run.started_at} />
            {task.last_run.state === "failed" && <div className="daikan-error"><Said text={task.last_run.message} /></div>}
          </>
        ) : (
          "–"
        ),
    },
  ];

  return (
    <>
      <PageHeader title={t("tasks.title")} lead={t("tasks.lead")} actions={may && <Button onClick={() => setAdds(true)}>{t("tasks.add")}</Button>} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <ProblemAlert problem={problem} />
        <Loaded query={tasks}>
          {(all) => (
            <RecordTable
              label={t("tasks.title")}
              columns={columns}
              rows={all}
              keyOf={(task) => task.name}
              empty={
                <Empty title={t("tasks.none")} icon={CalendarAltIcon} actions={may && <Button onClick={() => setAdds(true)}>{t("tasks.add")}</Button>}>
                  {t("tasks.none_body")}
                </Empty>
              }
              actions={(task) => <MenuButton label={t("servers.actions_for", { name: task.name })} actions={actionsOf(task)} />}
            />
          )}
        </Loaded>
      </PageSection>
      {adds && <TaskDialog onClose={() => setAdds(false)} />}
      {shown?.what === "edit" && <EditTaskDialog seen={{ data: shown.task, etag: `"${shown.task.revision}"` }} onClose={() => setShown(null)} />}
      {shown?.what === "runs" && <Runs task={shown.task} onClose={() => setShown(null)} />}
      {shown?.what === "remove" && (
        <ConfirmDialog
          title={t("tasks.remove_title", { name: shown.task.name })}
          confirm={t("common.remove")}
          onClose={() => setShown(null)}
          onConfirm={async () => {
            await api.delete("tasks/{id}", { path: { id: shown.task.id }, ifMatch: `"${shown.task.revision}"` });
            await reload();
          }}
        >
          <Content component="p">{t(shown.task.distribute ? "tasks.remove_affects_below" : "tasks.remove_affects")}</Content>
        </ConfirmDialog>
      )}
    </>
  );
}
