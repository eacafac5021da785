// A search that the server makes: what is typed counts when it is sent off, and nothing is searched once it is cleared.
import { useState } from "react";
import { SearchInput } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  /** The trimmed text; empty: no search. */
  onSearch: (text: string) => void;
}

export function SearchField({ label, onSearch }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  return (
    <SearchInput
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(_, value) => setTyped(value)}
      submitSearchButtonLabel={label}
      resetButtonLabel={t("common.clear_search")}
      onSearch={() => onSearch(typed.trim())}
      onClear={() => {
        setTyped("");
        onSearch("");
      }}
    />
  );
}
