/** The whole page, or a piece of it, over a host that answers from a table. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { setHost } from "../platform/host";
import { queryClient } from "../platform/queries";
import { LanguageContext, type Language } from "../platform/words";
import { App } from "../views/App";
import { FakeHost, type Answers } from "./fake";

export function showApp(answers: Answers = {}): { host: FakeHost; user: ReturnType<typeof userEvent.setup> } {
  const host = new FakeHost(answers);
  setHost(host);
  queryClient.clear();
  render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
  );
  return { host, user: userEvent.setup() };
}

export function show(piece: ReactNode, answers: Answers = {}, language: Language = "fr"): { host: FakeHost; user: ReturnType<typeof userEvent.setup> } {
  const host = new FakeHost(answers);
  setHost(host);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <LanguageContext value={language}>{piece}</LanguageContext>
    </QueryClientProvider>,
  );
  return { host, user: userEvent.setup() };
}

/** Presses each in turn, waiting for it to be there and to take a press. */
export async function press(user: ReturnType<typeof userEvent.setup>, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const [button] = await screen.findAllByTestId(id);
    await waitUntil(() => !(button as HTMLButtonElement).disabled);
    await user.click(screen.getAllByTestId(id)[0] as HTMLElement);
  }
}

async function waitUntil(true_: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !true_(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!true_()) throw new Error("not in ten seconds");
}
