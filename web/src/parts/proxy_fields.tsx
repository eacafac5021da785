import { FormGroup, FormSelect, FormSelectOption, Grid, GridItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { proxyPort, wrongInProxy, type ProxyDraft } from "./proxy";
import { TextField } from "./text_field";

interface Props {
  /** Begins the ids of the fields, so that a page can hold two of these. */
  id: string;
  value: ProxyDraft;
  onChange: (value: ProxyDraft) => void;
  problem?: unknown;
  /** The name of the object in the request, e.g. `proxy`. */
  field?: string;
  hostMessage?: string | null;
  /** A password is kept already and stays when none is typed. */
  keepsPassword?: boolean;
}

/** "Use proxy server": kind, address, port, user, password. */
export function ProxyFields({ id, value, onChange, problem, field = "proxy", hostMessage = null, keepsPassword = false }: Props) {
  const { t } = useTranslation();
  const set = (change: Partial<ProxyDraft>) => onChange({ ...value, ...change });
  return (
    <Grid hasGutter className="daikan-indented">
      <GridItem span={12} md={4}>
        <FormGroup label={t("proxy.kind")} fieldId={`${id}-kind`}>
          <FormSelect id={`${id}-kind`} value={value.kind} onChange={(_, kind) => set({ kind: kind as ProxyDraft["kind"] })}>
            <FormSelectOption value="http" label={t("proxy.http")} />
            <FormSelectOption value="socks5" label="SOCKS5" />
          </FormSelect>
        </FormGroup>
      </GridItem>
      <GridItem span={8} md={5}>
        <TextField id={`${id}-host`} label={t("proxy.host")} value={value.host} onChange={(host) => set({ host })} isRequired problem={problem} field={field} message={hostMessage} />
      </GridItem>
      <GridItem span={4} md={3}>
        <TextField id={`${id}-port`} label={t("proxy.port")} value={value.port} onChange={(port) => set({ port })} placeholder={String(proxyPort(value.kind))} inputMode="numeric" message={wrongInProxy(value) === "port" ? t("proxy.port_range") : null} />
      </GridItem>
      <GridItem span={12} md={6}>
        <TextField id={`${id}-user`} label={t("proxy.user")} value={value.user} onChange={(user) => set({ user })} />
      </GridItem>
      <GridItem span={12} md={6}>
        <TextField
          id={`${id}-password`}
          type="password"
          label={t("proxy.password")}
          value={value.password}
          onChange={(password) => set({ password })}
          autoComplete="new-password"
          hint={keepsPassword ? t("proxy.keeps_password") : undefined}
        />
      </GridItem>
    </Grid>
  );
}
