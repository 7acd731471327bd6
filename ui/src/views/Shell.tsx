/** The frame around every screen: who and where one is, always; the way to each view. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { failureOf } from "../platform/host";
import { here, keys } from "../platform/queries";
import { useWords } from "../platform/words";
import { Act } from "../shared/pieces";

export type View = { name: "home" } | { name: "journey" } | { name: "sheet"; sheet: string } | { name: "settings" };

const shellWords = {
  home: ["Accueil", "Home"],
  settings: ["Réglages", "Settings"],
  sandbox: ["Bac à sable : rien n’est visible au-dehors", "Sandbox: nothing is seen outside"],
  sandboxShort: ["Bac à sable", "Sandbox"],
  connecting: ["Connexion…", "Connecting…"],
  offline: ["Plateforme injoignable", "Platform out of reach"],
  skip: ["Aller au contenu", "Skip to content"],
  views: ["Vues", "Views"],
} as const;

export function Shell({ view, go, children }: { view: View; go: (view: View) => void; children: ReactNode }) {
  const words = useWords(shellWords);
  const query = useQuery({ queryKey: keys.here, queryFn: here, refetchInterval: 60_000 });
  const where = query.data;
  const label = where ? (where.sandbox ? words.sandbox : `${where.datastore_name} · ${where.email ?? ""}`) : query.error ? words.offline : words.connecting;
  return (
    <div className="shell">
      <a className="visually-hidden" href="#content">
        {words.skip}
      </a>
      <header className="topbar">
        <button type="button" className="brand" onClick={() => go({ name: "home" })} aria-label={`Quai, ${words.home}`}>
          <img src="./icon.svg" alt="" />
          Quai
        </button>
        <div className={`where ${where && !where.sandbox ? "account" : ""}`} data-testid="where" title={query.error ? failureOf(query.error).message[0] : (where?.api ?? "")}>
          <span aria-hidden>{where?.sandbox ? "◇" : query.error ? "✕" : "●"}</span>
          <span>{label}</span>
        </div>
        <nav aria-label={words.views}>
          <Act look="quiet" onPress={() => go({ name: "home" })}>
            <span aria-current={view.name === "home" ? "page" : undefined}>{words.home}</span>
          </Act>
          <Act look="quiet" onPress={() => go({ name: "settings" })} testId="settings">
            <span aria-current={view.name === "settings" ? "page" : undefined}>{words.settings}</span>
          </Act>
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        <div className="page">{children}</div>
      </main>
    </div>
  );
}
