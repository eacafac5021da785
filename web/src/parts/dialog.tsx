// PatternFly's modal; its cross to close it has a name in the language of the page, which PatternFly's own cross cannot have.
import { Button, Modal, type ModalProps } from "@patternfly/react-core";
import { RhMicronsCloseIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";

interface Props extends Omit<ModalProps, "isOpen" | "onClose" | "onEscapePress" | "ref"> {
  /** By the cross or with Escape; without it only what is in the dialog ends it. */
  onClose?: (() => void) | undefined;
}

export function Dialog({ onClose, children, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Modal isOpen {...rest} onEscapePress={() => onClose?.()}>
      {onClose && (
        <div className="pf-v6-c-modal-box__close">
          <Button variant="plain" aria-label={t("common.close")} icon={<RhMicronsCloseIcon />} onClick={onClose} />
        </div>
      )}
      {children}
    </Modal>
  );
}
