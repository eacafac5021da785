// "What will change, where": asked from the server before anything is saved, over this server, its groups and what is below them.
import { useState, type ReactNode } from "react";
import { Button, Content, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { PolicyPreview, PreviewPolicy } from "../../api/types";
import { useServer } from "../../app/place";
import { Dialog } from "../../parts/dialog";
import { useGroupNames } from "../../parts/group_names";
import { Waiting } from "../../parts/loading";
import { ProblemAlert } from "../../parts/problem_alert";
import { LockMark } from "./effective_table";
import type { SettingField } from "./schema";
import { useSettingNames } from "./use_policies";

type Place = PolicyPreview["items"][number];
const kNamedSecondaries = 6;

function Reach({ place }: { place: Place }) {
  const { t } = useTranslation();
  const { pathOf } = useGroupNames();
  const { secondaries } = place;
  const named = secondaries.slice(0, kNamedSecondaries).map((each) => each.name).join(", ");
  const more = secondaries.length - kNamedSecondaries;
  return (
    <>
      {place.kind === "server" ? t("policies.place_server", { name: place.name }) : pathOf(place.name)}
      {secondaries.length > 0 && (
        <div className="daikan-subtle">
          {t("policies.and_below", { names: named })} {more > 0 && t("policies.and_more", { count: more })}
        </div>
      )}
    </>
  );
}

export function Changes({ preview, fields }: { preview: PolicyPreview; fields: SettingField[] }) {
  const { t } = useTranslation();
  const names = useSettingNames();
  if (preview.items.length === 0) return <Content component="p" data-preview="nothing">{t("policies.nothing_changes")}</Content>;
  return (
    <>
      <Table variant="compact" aria-label={t("policies.what_changes")} data-preview="changes">
        <Thead>
          <Tr>
            <Th>{t("policies.where")}</Th>
            <Th>{t("policies.setting")}</Th>
            <Th>{t("policies.before")}</Th>
            <Th>{t("policies.after")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {preview.items.flatMap((place) =>
            place.changes.map((change, at) => {
              const field = fields.find((each) => each.path === change.path);
              return (
                <Tr key={`${place.group_id ?? "server"} ${change.path}`} data-place={place.name}>
                  <Td dataLabel={t("policies.where")} modifier="breakWord">
                    {at === 0 && <Reach place={place} />}
                  </Td>
                  <Td dataLabel={t("policies.setting")} modifier="breakWord">
                    {names.ofPath(fields, change.path)}
                  </Td>
                  <Td dataLabel={t("policies.before")}>
                    {names.value(field, change.before.value)} {change.before.locked && <LockMark />}
                  </Td>
                  <Td dataLabel={t("policies.after")}>
                    <strong>{names.value(field, change.after.value)}</strong> {change.after.locked && <LockMark />}
                  </Td>
                </Tr>
              );
            }),
          )}
        </Tbody>
      </Table>
      {preview.left_out > 0 && <Content component="p">{t("policies.left_out", { count: preview.left_out })}</Content>}
    </>
  );
}

interface Props {
  title: string;
  /** The change, as POST /policies/preview takes it. */
  change: PreviewPolicy;
  fields: SettingField[];
  confirm: string;
  danger?: boolean;
  children?: ReactNode;
  /** What fails is shown here, and the dialog stays. */
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Shows what a change would change, and makes it when that is confirmed. */
export function ReviewDialog({ title, change, fields, confirm, danger = false, children, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const { api, key } = useServer();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const preview = useQuery({
    queryKey: [key, "policy_preview", change],
    queryFn: async ({ signal }) => (await api.post("policies/preview", { body: change, signal })).data,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Dialog variant="large" onClose={busy ? undefined : onClose} aria-labelledby="review-title">
      <ModalHeader title={title} labelId="review-title" description={t("policies.review_lead")} />
      <ModalBody tabIndex={0} aria-label={t("policies.what_changes")}>
        {children}
        {preview.isPending && <Waiting />}
        <ProblemAlert problem={preview.error} />
        {preview.data && <Changes preview={preview.data} fields={fields} />}
        <ProblemAlert problem={problem} />
      </ModalBody>
      <ModalFooter>
        <Button variant={danger ? "danger" : "primary"} onClick={() => void run()} isLoading={busy} isDisabled={busy || preview.isPending || preview.error !== null}>
          {confirm}
        </Button>
        <Button variant="link" onClick={onClose} isDisabled={busy}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Dialog>
  );
}
