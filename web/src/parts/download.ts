// Saving what the API gives as a file. The request carries the session like any other, so a download ends with a problem when it fails.
import { send } from "../api/client";

export async function download(url: string, fallbackName: string, init: RequestInit = { method: "GET" }): Promise<void> {
  const response = await send(url, init);
  const name = /filename="?([^";]+)"?/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? fallbackName;
  saveAs(await response.blob(), name);
}

/** `Branch 7.cer`; what no file system takes in a name becomes `_`. */
export const fileName = (name: string, ending: string): string =>
  // eslint-disable-next-line no-control-regex
  `${name.replace(/[\u0000-\u001f<>:"/\\|?*]/g, "_").trim() || "server"}.${ending}`;

export function saveAs(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
