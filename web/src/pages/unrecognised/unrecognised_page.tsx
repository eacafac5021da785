// Servers that dialled this one and are not registered: one becomes a secondary with one choice of group, or is ignored.
import { useState } from "react";
import { Button, Form, ModalBody, ModalFooter, ModalHeader, PageSection, Switch } from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { freshKey } from "../../api/client";
import { useGroups, useReload } from "../../api/queries";
import type { Unrecognised } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { Dialog } from "../../parts/dialog";
import { Empty } from "../../parts/empty";
import { Fingerprint } from "../../parts/fingerprint";
import { GroupSelect } from "../../parts/group_select";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable, type Column } from "../../parts/record_table";
import { TextField } from "../../parts/text_field";
import { When } from "../../parts/when";

function AddDialog({ server, onClose }: { server: Unrecognised; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const groups = useGroups(path);
  const reload = useReload(path);
  const [group, setGroup] = useState("");
  const [name, setName] = useState("");
  const [idempotencyKey] = useState(freshKey);
  const chosen = group || groups.data?.[0]?.path || "";
  const add = useMutation({
    mutationFn: async () => {
      const added = (await api.post("secondaries", { body: { group: chosen, fingerprint: server.fingerprint, ...(name.trim() ? { name: name.trim() } : {}) }, idempotencyKey })).data;
      await reload();
      return added;
    },
    onSuccess: (added) => {
      tell(t("unrecognised.added", { name: added.name, group: chosen }));
      onClose();
    },
  });
  return (
    <Dialog variant="medium" onClose={onClose} aria-labelledby="unrecognised-add">
      <ModalHeader title={t("unrecognised.add_title")} labelId="unrecognised-add" description={t("unrecognised.compare")} />
      <ModalBody className="daikan-stack">
        <Fingerprint value={server.fingerprint} />
        <ProblemAlert problem={add.error} />
        <Form
          id="unrecognised-form"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <GroupSelect id="group" groups={groups.data ?? []} value={chosen} onChange={setGroup} problem={add.error} />
          <TextField id="name" label={t("add_secondary.name")} value={name} onChange={setName} problem={add.error} hint={t("add_secondary.name_hint")} maxLength={128} />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="unrecognised-form" isLoading={add.isPending} isDisabled={add.isPending || chosen === ""}>
          {t("unrecognised.add")}
        </Button>
        <Button variant="link" onClick={onClose} isDisabled={add.isPending}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Dialog>
  );
}

export function UnrecognisedPage() {
  const { t } = useTranslation();
  const { api, key } = useServer();
  const may = useMay("configure_hierarchy");
  const [ignored, setIgnored] = useState(false);
  const [adding, setAdding] = useState<Unrecognised | null>(null);
  const list = useQuery({
    queryKey: [key, "unrecognised", ignored],
    queryFn: async ({ signal }) => (await api.get("unrecognised_servers", { query: { ignored: ignored ? "true" : "false" }, signal })).data.items,
    refetchInterval: 10_000, // a server that dials again is no event
  });
  const change = useMutation({
    mutationFn: async (server: Unrecognised) => {
      const where = { path: { fingerprint: server.fingerprint } };
      if (ignored) await api.delete("unrecognised_servers/{fingerprint}/ignored", where);
      else await api.put("unrecognised_servers/{fingerprint}/ignored", where);
      await list.refetch();
    },
  });
  const columns: Column<Unrecognised>[] = [
    { name: "fingerprint", text: t("unrecognised.fingerprint"), cell: (each) => <Fingerprint value={each.fingerprint} /> },
    { name: "source", text: t("unrecognised.source"), cell: (each) => each.source },
    { name: "last_seen", text: t("unrecognised.last_seen"), cell: (each) => <When at={each.last_seen} /> },
    { name: "attempts", text: t("unrecognised.attempts"), cell: (each) => each.attempts },
  ];
  return (
    <>
      <PageHeader title={t("unrecognised.title")} lead={t("unrecognised.lead")} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Switch id="ignored" label={t("unrecognised.show_ignored")} isChecked={ignored} onChange={(_, on) => setIgnored(on)} />
        <ProblemAlert problem={change.error} />
        <Loaded query={list}>
          {(items) => (
            <RecordTable
              label={t("unrecognised.title")}
              columns={columns}
              rows={items}
              keyOf={(each) => each.fingerprint}
              empty={<Empty title={t(ignored ? "unrecognised.none_ignored" : "unrecognised.none")}>{t(ignored ? "unrecognised.none_ignored_body" : "unrecognised.none_body")}</Empty>}
              actions={(each) => (
                <div className="daikan-nowrap">
                  {!ignored && (
                    <Button variant="primary" size="sm" isDisabled={!may} onClick={() => setAdding(each)}>
                      {t("unrecognised.add")}
                    </Button>
                  )}{" "}
                  <Button variant="secondary" size="sm" isDisabled={!may || change.isPending} onClick={() => change.mutate(each)}>
                    {t(ignored ? "unrecognised.unignore" : "unrecognised.ignore")}
                  </Button>
                </div>
              )}
            />
          )}
        </Loaded>
      </PageSection>
      {adding && (
        <AddDialog
          server={adding}
          onClose={() => {
            setAdding(null);
            void list.refetch();
          }}
        />
      )}
    </>
  );
}
