import { useState } from "react";
import { Button, type ButtonProps } from "@patternfly/react-core";
import { DownloadIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { useServer } from "../app/place";
import { send } from "../api/client";
import { fileName, saveAs } from "./download";
import { ProblemAlert } from "./problem_alert";

/** Writes the certificate of the server in front to a file, as `daikan certificate export` does. */
export function CertificateDownload({ serverName, variant = "secondary", format = "der" }: { serverName: string; variant?: ButtonProps["variant"]; format?: "der" | "pem" }) {
  const { t } = useTranslation();
  const { api } = useServer();
  const [problem, setProblem] = useState<unknown>(null);
  const run = async () => {
    setProblem(null);
    try {
      // Named after the server, not as the API names it: whoever joins two servers has the files of both in one folder.
      const response = await send(api.url("server/certificate", { query: { format } }), { method: "GET" });
      saveAs(await response.blob(), fileName(serverName, format === "der" ? "cer" : "pem"));
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <>
      <Button variant={variant} icon={<DownloadIcon />} onClick={() => void run()}>
        {t(`certificate.download_${format}`)}
      </Button>
      <ProblemAlert problem={problem} />
    </>
  );
}
