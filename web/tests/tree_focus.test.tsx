// The keyboard in the tree while something else draws it again: outside of act(), as a browser runs it.
import { render, waitFor } from "@testing-library/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { MemoryRouter } from "react-router-dom";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keys } from "../src/api/queries";
import type { Group, Secondary } from "../src/api/types";
import { startLanguages } from "../src/i18n";
import { ServerTree } from "../src/tree/server_tree";

const acting = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
beforeAll(() => startLanguages("en"));
afterAll(() => void (acting.IS_REACT_ACT_ENVIRONMENT = true));

const group: Group = { id: "r", name: "Managed devices", path: "Managed devices", parent_id: null, secondaries: 300, revision: 1 };
const secondaries = Array.from({ length: 300 }, (_, at) => ({ id: `s${at}`, name: `branch${at}`, group_id: "r", group: "Managed devices", state: "disconnected" })) as Secondary[];

it("keeps the focus when a key is pressed while the tree scrolls", async () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  client.setQueryData(keys.server([]), { name: "hq" });
  client.setQueryData(keys.groups([]), [group]);
  client.setQueryData(keys.secondaries([]), secondaries);
  const view = render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <ServerTree />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  acting.IS_REACT_ACT_ENVIRONMENT = false;
  const tree = view.getByRole("tree");
  await waitFor(() => expect(tree.style.height).toBe(`${303 * 32}px`));
  const first = view.getByText("hq").closest<HTMLElement>('[role="treeitem"]')!;
  first.focus();

  // The rows of another place are in the page already, the effects that follow are still to come: then a person presses a key.
  const pressed = new Promise<void>((done) => {
    new MutationObserver((_, observer) => {
      observer.disconnect();
      first.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true, cancelable: true }));
      done();
    }).observe(tree, { childList: true });
  });
  tree.parentElement!.scrollTop = 100 * 32;
  tree.parentElement!.dispatchEvent(new Event("scroll"));
  await pressed;
  await waitFor(() => expect(document.activeElement?.textContent).toBe("branch299"));
});
