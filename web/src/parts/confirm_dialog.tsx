import type { ReactNode } from "react";
import { Button, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Dialog } from "./dialog";
import { ProblemAlert } from "./problem_alert";
import { useSubmit } from "./use_submit";

interface Props {
  title: string;
  /** What it will affect. */
  children: ReactNode;
  confirm: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something is done that cannot simply be taken back, and says what it will affect. */
export function ConfirmDialog({ title, children, confirm, danger = true, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const { busy, problem, submit } = useSubmit(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog variant="small" onClose={busy ? undefined : onClose} aria-labelledby="confirm-title" aria-describedby="confirm-body">
      <ModalHeader title={title} labelId="confirm-title" titleIconVariant={danger ? "warning" : undefined} />
      <ModalBody id="confirm-body">
        {children}
        <ProblemAlert problem={problem} />
      </ModalBody>
      <ModalFooter>
        <Button variant={danger ? "danger" : "primary"} onClick={submit} isLoading={busy} isDisabled={busy}>
          {confirm}
        </Button>
        <Button variant="link" onClick={onClose} isDisabled={busy}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Dialog>
  );
}
