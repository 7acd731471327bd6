/** What the person sets, and what the program is. */
import { useQuery } from "@tanstack/react-query";
import type { Preferences } from "../bindings/Preferences";
import { about, here, keys, setPreferences } from "../platform/queries";
import { useWords } from "../platform/words";

const settingsWords = {
  title: ["Réglages", "Settings"],
  look: ["Apparence", "Appearance"],
  language: ["Langue", "Language"],
  system: ["comme le système", "as the system"],
  theme: ["Thème", "Theme"],
  light: ["clair", "light"],
  dark: ["sombre", "dark"],
  map: ["Carte", "Map"],
  online: ["Montrer le Plan IGN derrière les données", "Show IGN’s Plan behind the data"],
  onlineMore: [
    "Demande des tuiles à data.geopf.fr ; sans cela, un fond simple est tiré du programme et rien n’est demandé au réseau.",
    "Asks tiles of data.geopf.fr; without it, a simple background comes from the program and nothing is asked of the network.",
  ],
  work: ["Travail", "Work"],
  notify: ["Prévenir à la fin des longues livraisons", "Tell at the end of long deliveries"],
  seconds: ["Délai de lecture d’un fichier, en secondes", "Time limit to read a file, in seconds"],
  secondsMore: ["Un fichier qui ne donne plus signe de vie est abandonné. Pris en compte au prochain démarrage.", "A file that gives no sign of life is given up. Taken at the next start."],
  workers: ["Lectures simultanées", "Files read at once"],
  workersMore: ["Vide : autant que de processeurs. Pris en compte au prochain démarrage.", "Empty: as many as processors. Taken at the next start."],
  account: ["Compte", "Account"],
  about: ["À propos", "About"],
  folder: ["Dossier de données", "Data folder"],
  rights: ["Droits", "Rights"],
} as const;

export function SettingsView({ preferences }: { preferences: Preferences }) {
  const words = useWords(settingsWords);
  const info = useQuery({ queryKey: keys.about, queryFn: about });
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const set = (change: Partial<Preferences>) => void setPreferences({ ...preferences, ...change });
  const number = (text: string) => {
    const n = Number.parseInt(text, 10);
    return Number.isFinite(n) && n > 0 ? n : null;
  };
  return (
    <>
      <h1>{words.title}</h1>
      <div className="grid" style={{ gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 380px), 1fr))" }}>
        <section className="card">
          <h2>{words.look}</h2>
          <label className="field">
            {words.language}
            <select value={preferences.language ?? ""} onChange={(e) => set({ language: e.target.value || null })} data-testid="language">
              <option value="">{words.system}</option>
              <option value="fr">Français</option>
              <option value="en">English</option>
            </select>
          </label>
          <label className="field">
            {words.theme}
            <select value={preferences.theme ?? ""} onChange={(e) => set({ theme: e.target.value || null })} data-testid="theme">
              <option value="">{words.system}</option>
              <option value="light">{words.light}</option>
              <option value="dark">{words.dark}</option>
            </select>
          </label>
        </section>
        <section className="card">
          <h2>{words.map}</h2>
          <label className="field">
            <span className="row">
              <input type="checkbox" style={{ width: "auto" }} checked={preferences.online_background} onChange={(e) => set({ online_background: e.target.checked })} />
              {words.online}
            </span>
            <small>{words.onlineMore}</small>
          </label>
        </section>
        <section className="card">
          <h2>{words.work}</h2>
          <label className="field">
            <span className="row">
              <input type="checkbox" style={{ width: "auto" }} checked={preferences.notify} onChange={(e) => set({ notify: e.target.checked })} />
              {words.notify}
            </span>
          </label>
          <label className="field">
            {words.seconds}
            <input type="number" min={5} placeholder="30" defaultValue={preferences.reader_seconds ?? ""} onBlur={(e) => set({ reader_seconds: number(e.target.value) })} />
            <small>{words.secondsMore}</small>
          </label>
          <label className="field">
            {words.workers}
            <input type="number" min={1} max={64} defaultValue={preferences.workers ?? ""} onBlur={(e) => set({ workers: number(e.target.value) })} />
            <small>{words.workersMore}</small>
          </label>
        </section>
        <section className="card">
          <h2>{words.account}</h2>
          <dl className="facts">
            <dt>API</dt>
            <dd>{where.data?.api ?? "—"}</dd>
            <dt>{words.account}</dt>
            <dd>{where.data?.email ?? "—"}</dd>
            {where.data?.communities.map((c) => (
              <div key={c.community} style={{ display: "contents" }}>
                <dt>{words.rights}</dt>
                <dd>
                  {c.community} : {c.rights.join(", ")}
                </dd>
              </div>
            ))}
          </dl>
        </section>
        <section className="card">
          <h2>{words.about}</h2>
          <dl className="facts">
            <dt>Quai</dt>
            <dd>{info.data?.version ?? "…"}</dd>
            <dt>GDAL</dt>
            <dd>{info.data?.gdal ?? "…"}</dd>
            <dt className="nowrap">{words.folder}</dt>
            <dd className="mono">{info.data?.data_folder ?? "…"}</dd>
            <dt>Licence</dt>
            <dd>MIT OR Apache-2.0</dd>
          </dl>
        </section>
      </div>
    </>
  );
}
