import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useServer } from "../app/place";
import { Empty } from "../parts/empty";

export function NotFoundPage() {
  const { t } = useTranslation();
  const { href } = useServer();
  return (
    <Empty title={t("not_found.title")} actions={<Link to={href("/")}>{t("not_found.back")}</Link>}>
      {t("not_found.body")}
    </Empty>
  );
}
