import type { FormEvent, ReactNode } from "react";
import { Button, Form, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { told } from "../api/problem";
import { Dialog } from "./dialog";
import { ProblemAlert } from "./problem_alert";

interface Props {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  submit: string;
  onSubmit: () => void;
  onClose: () => void;
  busy: boolean;
  disabled?: boolean;
  /** Shown at the top unless one of `fields` shows it. */
  problem?: unknown;
  fields?: string[];
  variant?: "small" | "medium";
  id?: string;
}

/** A form over the page. A problem that belongs to none of its fields is shown above them. */
export function FormDialog({ title, description, children, submit, onSubmit, onClose, busy, disabled = false, problem, fields = [], variant = "small", id = "form-dialog" }: Props) {
  const { t } = useTranslation();
  const at = problem ? told(problem).field?.split(".")[0] : undefined;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && !disabled) onSubmit();
  };
  return (
    <Dialog variant={variant} onClose={busy ? undefined : onClose} aria-labelledby={`${id}-title`}>
      <ModalHeader title={title} labelId={`${id}-title`} description={description} />
      <ModalBody>
        <Form id={id} onSubmit={send}>
          {problem && !(at && fields.includes(at)) ? <ProblemAlert problem={problem} /> : null}
          {children}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={id} isLoading={busy} isDisabled={busy || disabled}>
          {submit}
        </Button>
        <Button variant="link" onClick={onClose} isDisabled={busy}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Dialog>
  );
}
