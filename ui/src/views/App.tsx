/** The whole page: which view is shown, in which language and theme; and what the host says unasked. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ArrowDownToLine } from "lucide-react";
import { I18nProvider } from "react-aria-components";
import type { Dropped } from "../bindings/Dropped";
import type { Preferences } from "../bindings/Preferences";
import { begin, comeBack, type Journey } from "../journey/journey";
import { takeDrop } from "../platform/drops";
import { host } from "../platform/host";
import { keys, opened, preferences as readPreferences } from "../platform/queries";
import { LanguageContext, say, type Language } from "../platform/words";
import { MapAhead, MapLibrary } from "../shared/Map";
import { Icon } from "../shared/pieces";
import { AccountsView } from "./AccountsView";
import { Home } from "./Home";
import { JourneyView } from "./JourneyView";
import { SettingsView } from "./SettingsView";
import { SheetView } from "./SheetView";
import { Shell, type View } from "./Shell";

const appWords = { drop: ["Déposez pour commencer", "Drop to begin"] } as const;

export const defaults = { language: null, theme: null, online_background: false, workers: null, reader_seconds: null, notify: true, upload_bytes_per_second: null, data_folder: null } satisfies Preferences;

function languageOf(chosen: string | null): Language {
  const tag = chosen ?? navigator.language;
  return tag.toLowerCase().startsWith("en") ? "en" : "fr";
}

function useTheme(chosen: string | null): void {
  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      document.documentElement.dataset["theme"] = chosen ?? (system.matches ? "dark" : "light");
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [chosen]);
}

export function App() {
  const [view, go] = useState<View>({ name: "home" });
  const [journey, setJourney] = useState<{ start: Journey; number: number } | null>(null);
  const [over, setOver] = useState(false);
  const query = useQuery({ queryKey: keys.preferences, queryFn: readPreferences, staleTime: Infinity });
  const preferences = query.data ?? defaults;
  const language = languageOf(preferences.language);
  useTheme(preferences.theme);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  useEffect(() => {
    const travel = (paths: string[]) => {
      if (paths.length === 0) return;
      setJourney((before) => ({ start: begin(paths), number: (before?.number ?? 0) + 1 }));
      go({ name: "journey" });
    };
    const askOpened = () => void opened().then(({ paths }) => travel(paths), () => undefined);
    const ends = [
      host().listen("dragging", (said) => setOver((said as { over: boolean }).over)),
      host().listen("dropped", (said) => {
        const { paths } = said as Dropped;
        if (!takeDrop(paths)) travel(paths);
      }),
      host().listen("opened", askOpened),
    ];
    askOpened();
    return () => ends.forEach((end) => end());
  }, []);
  useEffect(() => {
    if (!query.isFetched) return;
    document.documentElement.dataset["ready"] = "true";
    performance.mark("ready");
  }, [query.isFetched]);

  const begin_ = (start: Journey) => {
    setJourney((before) => ({ start, number: (before?.number ?? 0) + 1 }));
    go({ name: "journey" });
  };
  const online = preferences.online_background;
  return (
    <LanguageContext value={language}>
      <I18nProvider locale={language === "fr" ? "fr-FR" : "en-GB"}>
        <Shell view={view} go={go}>
          {view.name === "home" && (
            <Home
              onDrop={(paths) => begin_(begin(paths))}
              onDelivery={(delivery) => begin_(comeBack(delivery))}
              onSheet={(sheet) => go({ name: "sheet", sheet })}
            />
          )}
          {view.name === "journey" && journey && <JourneyView key={journey.number} start={journey.start} online={online} />}
          {view.name === "sheet" && <SheetView name={view.sheet} online={online} onLeave={() => go({ name: "home" })} />}
          {view.name === "accounts" && <AccountsView />}
          {view.name === "settings" && query.isFetched && <SettingsView preferences={preferences} />}
        </Shell>
        {query.isFetched && <MapLibrary />}
        {over && <MapAhead />}
        {over && (
          <div className="veil" role="status">
            <Icon of={ArrowDownToLine} />
            {say(appWords, language).drop}
          </div>
        )}
      </I18nProvider>
    </LanguageContext>
  );
}
