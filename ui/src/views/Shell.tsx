/** The frame around every screen: who and where one is, always; the way to each view. */
import { useQuery } from "@tanstack/react-query";
import { CloudOff, FlaskConical, House, Landmark, LoaderCircle, Settings } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { failureOf } from "../platform/host";
import { here, keys } from "../platform/queries";
import { pick, useLanguage, useWords } from "../platform/words";
import { Icon, WaysContext } from "../shared/pieces";

export type View = { name: "home" } | { name: "journey" } | { name: "sheet"; sheet: string } | { name: "settings" } | { name: "accounts" };

const shellWords = {
  home: ["Accueil", "Home"],
  settings: ["Réglages", "Settings"],
  sandbox: ["Bac à sable", "Sandbox"],
  sandboxMore: ["Visible sur cet ordinateur seulement", "Seen on this computer only"],
  connecting: ["Connexion…", "Connecting…"],
  offline: ["Plateforme injoignable", "Platform out of reach"],
  offlineMore: ["Voir le compte", "See the account"],
  skip: ["Aller au contenu", "Skip to content"],
  views: ["Vues", "Views"],
  account: ["Compte et entrepôt", "Account and datastore"],
} as const;

export function Shell({ view, go, children }: { view: View; go: (view: View) => void; children: ReactNode }) {
  const words = useWords(shellWords);
  const language = useLanguage();
  const query = useQuery({ queryKey: keys.here, queryFn: here, refetchInterval: 60_000 });
  const where = query.data;
  const lost = query.isError;
  const [name, more] = lost
    ? [words.offline, pick(failureOf(query.error).message, language)]
    : !where
      ? [words.connecting, ""]
      : where.sandbox
        ? [words.sandbox, words.sandboxMore]
        : [where.datastore_name, where.shown ?? where.email ?? where.api];
  const main = useRef<HTMLElement>(null);
  const shown = view.name === "sheet" ? `sheet ${view.sheet}` : view.name;
  // a new screen is read from its top
  useEffect(() => {
    main.current?.scrollTo?.(0, 0);
  }, [shown]);
  const link = (to: "home" | "settings", icon: typeof House) => (
    <button type="button" className="tablink" aria-current={view.name === to ? "page" : undefined} data-testid={to} aria-label={words[to]} onClick={() => go({ name: to })}>
      <Icon of={icon} />
      <span>{words[to]}</span>
    </button>
  );
  return (
    <WaysContext value={{ signIn: () => go({ name: "accounts" }) }}>
      <div className="shell">
        <a className="skip" href="#content" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>
          {words.skip}
        </a>
        <header className="topbar">
          <button type="button" className="brand" onClick={() => go({ name: "home" })} aria-label={`Quai, ${words.home}`}>
            <img src="./icon.svg" alt="" />
            Quai
          </button>
          <nav aria-label={words.views}>
            {link("home", House)}
            {link("settings", Settings)}
          </nav>
          <span className="push" />
          <button
            type="button"
            className={`where ${lost ? "off" : where && !where.sandbox ? "account" : ""}`}
            data-testid="where"
            data-sandbox={where?.sandbox}
            onClick={() => go({ name: "accounts" })}
          >
            <span className="dot">
              <Icon of={lost ? CloudOff : !where ? LoaderCircle : where.sandbox ? FlaskConical : Landmark} spin={!lost && !where} />
            </span>
            <span>
              <span className="visually-hidden">{words.account} </span>
              <b className="cut">{name}</b>
              {more && <small className="cut">{more}</small>}
            </span>
          </button>
        </header>
        <main id="content" tabIndex={-1} ref={main}>
          {view.name === "journey" ? children : <div className="page">{children}</div>}
        </main>
      </div>
    </WaysContext>
  );
}
