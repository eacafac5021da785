// Policies from files, as `daikan policy apply` does it: what differs is shown first, then all files are one change.
import { useState } from "react";
import { Button, Content, FileUpload, Label, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { told } from "../../api/problem";
import { useReload } from "../../api/queries";
import type { Policy } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { Dialog } from "../../parts/dialog";
import { useGroupNames } from "../../parts/group_names";
import { ProblemAlert } from "../../parts/problem_alert";
import { useSubmit } from "../../parts/use_submit";
import { kLargestFile, NotAPolicyFile, planFile, readPolicyFile, type PolicyFile } from "./files";
import { differences } from "./model";
import { useSettingNames, type ApplicationForm } from "./use_policies";

interface Read {
  fileName: string;
  file: PolicyFile | null;
  wrong: string | null;
}

const kColours = { new: "green", same: "grey", differs: "blue" } as const;

export function ImportDialog({ policies, form, onClose }: { policies: Policy[]; form: ApplicationForm; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const { pathOf } = useGroupNames();
  const names = useSettingNames();
  const [read, setRead] = useState<Read[]>([]);

  const take = async (files: File[]) => {
    const found: Read[] = [];
    for (const file of files) {
      try {
        if (file.size > kLargestFile) throw new NotAPolicyFile("json");
        found.push({ fileName: file.name, file: readPolicyFile(await file.text()), wrong: null });
      } catch (error) {
        const why = error instanceof NotAPolicyFile ? error : new NotAPolicyFile("json");
        found.push({ fileName: file.name, file: null, wrong: t(`policies.file_${why.why}`, { what: why.what }) });
      }
    }
    setRead((now) => [...now.filter((each) => !found.some((one) => one.fileName === each.fileName)), ...found]);
    forget();
  };
  const plans = read.map((each) => ({ ...each, plan: each.file === null ? null : planFile(each.file, policies) }));
  const work = plans.filter((each) => each.plan !== null && each.plan.state !== "same");
  const { busy, problem, submit, forget } = useSubmit(async () => {
    const { items } = (await api.post("policies/apply", { body: { policies: work.map(({ plan }) => ({ ...plan!.wanted, revision: plan!.present?.revision ?? 0 })) } })).data;
    tell(t("policies.applied", { count: items.length }));
    await reload();
    onClose();
  });
  // "policies.2.settings": the third of those that were sent.
  const refused = work[Number(/^policies\.(\d+)/.exec((problem !== null && told(problem).field) || "")?.[1] ?? -1)]?.fileName;
  const what = ({ plan }: (typeof plans)[number]) =>
    plan?.present ? differences(plan.present, plan.wanted).map((each) => (each.isSetting ? names.ofPath(form.fields, each.at) : t(`policies.field_${each.at}`))).join(", ") : "";

  return (
    <Dialog variant="large" onClose={busy ? undefined : onClose} aria-labelledby="import-title">
      <ModalHeader title={t("policies.import")} labelId="import-title" description={t("policies.import_lead")} />
      <ModalBody tabIndex={0} aria-label={t("policies.import")}>
        <FileUpload
          id="policy-files"
          filename=""
          filenamePlaceholder={t("policies.files")}
          hideDefaultPreview
          browseButtonText={t("certificate.browse")}
          clearButtonText={t("certificate.clear")}
          isClearButtonDisabled={read.length === 0}
          onClearClick={() => {
            setRead([]);
            forget();
          }}
          dropzoneProps={{ multiple: true, accept: { "application/json": [".json"] }, onDropAccepted: (files) => void take(files) }}
        />
        {read.length === 0 ? (
          <Content component="p" className="daikan-subtle">{t("policies.import_empty")}</Content>
        ) : (
          <Table variant="compact" aria-label={t("policies.files")}>
            <Thead>
              <Tr>
                <Th>{t("policies.file")}</Th>
                <Th>{t("policies.policy")}</Th>
                <Th>{t("group.administration_group")}</Th>
                <Th>{t("policies.difference")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {plans.map((each) => (
                <Tr key={each.fileName} data-file={each.fileName} data-state={each.plan?.state ?? "wrong"}>
                  <Td dataLabel={t("policies.file")} modifier="breakWord">{each.fileName}</Td>
                  <Td dataLabel={t("policies.policy")}>{each.plan?.wanted.name ?? "–"}</Td>
                  <Td dataLabel={t("group.administration_group")}>{each.plan ? pathOf(each.plan.wanted.group) : "–"}</Td>
                  <Td dataLabel={t("policies.difference")} modifier="breakWord">
                    {each.plan ? (
                      <>
                        <Label isCompact color={kColours[each.plan.state]}>{t(`policies.file_is_${each.plan.state}`)}</Label> {what(each)}
                      </>
                    ) : (
                      <span className="daikan-error">{each.wrong}</span>
                    )}
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
        {refused !== undefined && <Content component="p">{t("policies.file_failed", { name: refused })}</Content>}
        <ProblemAlert problem={problem} />
      </ModalBody>
      <ModalFooter>
        <Button onClick={submit} isLoading={busy} isDisabled={busy || work.length === 0}>
          {t("policies.apply", { count: work.length })}
        </Button>
        <Button variant="link" onClick={onClose} isDisabled={busy}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Dialog>
  );
}
