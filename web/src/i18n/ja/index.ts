const files = import.meta.glob<Record<string, unknown>>("./*.json", { eager: true, import: "default" });

export default Object.fromEntries(Object.entries(files).map(([file, texts]) => [file.slice(2, -5), texts]));

export { book } from "./server_sentences";
