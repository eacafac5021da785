import { Button, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { leave, session } from "../api/session";
import { useSignal } from "../api/signal";
import { Dialog } from "../parts/dialog";
import { SignInForm } from "./sign_in_form";

/** Over the page when the session has ended: what was typed below stays, and what was sent is sent again. */
export function SessionDialog() {
  const { t } = useTranslation();
  const state = useSignal(session);
  if (state.phase !== "expired") return null;
  return (
    <Dialog variant="small" aria-labelledby="expired-title" aria-describedby="expired-body">
      <ModalHeader title={t("sign_in.expired_title")} labelId="expired-title" description={t("sign_in.expired")} descriptorId="expired-body" />
      <ModalBody>
        <SignInForm user={state.session.account.name} />
      </ModalBody>
      <ModalFooter>
        <Button variant="link" onClick={leave}>
          {t("sign_in.leave")}
        </Button>
      </ModalFooter>
    </Dialog>
  );
}
