/** What the person sets, and what the program is. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { FolderOpen, RotateCcw } from "lucide-react";
import type { Preferences } from "../bindings/Preferences";
import { about, chooseDataFolder, keys, log, network, setNetwork, setPreferences } from "../platform/queries";
import { failureOf } from "../platform/host";
import { useWords } from "../platform/words";
import { Act, FailureNote, Note, Waiting } from "../shared/pieces";
import { SecretField } from "../shared/SecretField";
import { Authorities } from "./Authorities";
import { Connection } from "./Connection";
import { settingsWords } from "./Settings.locale";

const positive = (text: string): number | null => {
  const n = Number.parseFloat(text.replace(",", "."));
  return Number.isFinite(n) && n > 0 ? n : null;
};

/** Bytes a second, from the kilobytes that a person types. */
const rate = (text: string): number | null => {
  const n = positive(text);
  return n === null ? null : Math.max(1_000, Math.round(n * 1000));
};

export function SettingsView({ preferences }: { preferences: Preferences }) {
  const words = useWords(settingsWords);
  const info = useQuery({ queryKey: keys.about, queryFn: about });
  const set = (change: Partial<Preferences>) => void setPreferences({ ...preferences, ...change });
  const whole = (text: string) => {
    const n = positive(text);
    return n === null ? null : Math.max(1, Math.round(n));
  };
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
        <p>{words.more}</p>
      </div>
      <div className="two">
        <div className="stack">
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
            <label className="check">
              <input type="checkbox" checked={preferences.online_background} onChange={(e) => set({ online_background: e.target.checked })} data-testid="online" />
              {words.online}
              <small>{words.onlineMore}</small>
            </label>
          </section>
          <section className="card">
            <h2>{words.work}</h2>
            <label className="check">
              <input type="checkbox" checked={preferences.notify} onChange={(e) => set({ notify: e.target.checked })} />
              {words.notify}
              <small>{words.notifyMore}</small>
            </label>
            <label className="field">
              {words.workers}
              <input type="number" min={1} max={64} defaultValue={preferences.workers ?? ""} onBlur={(e) => set({ workers: whole(e.target.value) })} data-testid="workers" />
              <small>
                {words.workersMore} {words.restart}
              </small>
            </label>
            <label className="field">
              {words.seconds}
              <input type="number" min={5} placeholder="30" defaultValue={preferences.reader_seconds ?? ""} onBlur={(e) => set({ reader_seconds: whole(e.target.value) })} />
              <small>
                {words.secondsMore} {words.restart}
              </small>
            </label>
          </section>
          <section className="card" data-testid="about">
            <h2>{words.about}</h2>
            <p className="soft small">{words.aboutMore}</p>
            {info.data ? (
              <dl className="facts">
                <dt>{words.version}</dt>
                <dd>{info.data.version}</dd>
                <dt>GDAL</dt>
                <dd>{info.data.gdal}</dd>
                <dt>{words.system_}</dt>
                <dd>{info.data.system}</dd>
                <dt>{words.folder}</dt>
                <dd>
                  <code data-testid="data-folder">{info.data.data_folder}</code>
                </dd>
              </dl>
            ) : info.error ? (
              <FailureNote failure={failureOf(info.error)} onRetry={() => void info.refetch()} />
            ) : (
              <Waiting>{words.reading}</Waiting>
            )}
            {info.data && <DataFolder now={info.data.data_folder} fixed={info.data.data_folder_fixed} preferences={preferences} />}
            <details data-testid="log">
              <summary className="small strong">{words.log}</summary>
              <Log />
            </details>
          </section>
        </div>
        <div className="stack">
          <section className="card">
            <h2>{words.network}</h2>
            <label className="field">
              {words.cap}
              <input
                type="text"
                inputMode="decimal"
                placeholder={words.noCap}
                defaultValue={preferences.upload_bytes_per_second === null ? "" : String(preferences.upload_bytes_per_second / 1000)}
                onBlur={(e) => set({ upload_bytes_per_second: rate(e.target.value) })}
                data-testid="upload-cap"
              />
              <small>{words.capMore}</small>
            </label>
            <Proxy />
          </section>
          <Connection />
        </div>
      </div>
    </>
  );
}

/** Where things are kept: what is chosen holds from the next start on. */
function DataFolder({ now, fixed, preferences }: { now: string; fixed: boolean; preferences: Preferences }) {
  const words = useWords(settingsWords);
  const choosing = useMutation({ mutationFn: chooseDataFolder });
  const next = preferences.data_folder;
  return (
    <div className="stack tight">
      <p className="soft small">{fixed ? words.folderFixed : words.folderMore}</p>
      {!fixed && (
        <>
          {next !== null && next !== now && (
            <Note look="tells" testId="next-folder">
              <p>{words.folderNext(next)}</p>
              <p>{words.folderStays(now)}</p>
            </Note>
          )}
          {choosing.error && <FailureNote failure={failureOf(choosing.error)} />}
          <div className="row">
            <Act look="slim" icon={FolderOpen} onPress={() => choosing.mutate()} busy={choosing.isPending} testId="choose-data-folder">
              {words.folderChoose}
            </Act>
            {next !== null && (
              <Act look="slim" icon={RotateCcw} onPress={() => void setPreferences({ ...preferences, data_folder: null })} testId="usual-data-folder">
                {words.folderUsual}
              </Act>
            )}
          </div>
        </>
      )}
    </div>
  );
}

/** What the program noted of itself: to read, or to send to who helps. */
function Log() {
  const words = useWords(settingsWords);
  const query = useQuery({ queryKey: keys.log, queryFn: log, refetchInterval: 5_000 });
  const lines = query.data?.lines ?? [];
  return (
    <div className="stack tight" style={{ marginTop: 8 }}>
      {query.data?.file && <code className="soft tiny">{query.data.file}</code>}
      {lines.length === 0 ? <p className="soft small">{words.noLog}</p> : <pre className="log" tabIndex={0}>{lines.join("\n")}</pre>}
    </div>
  );
}

function Proxy() {
  const words = useWords(settingsWords);
  const query = useQuery({ queryKey: keys.network, queryFn: network });
  const saving = useMutation({ mutationFn: setNetwork });
  const now = query.data;
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  if (!now) return <Waiting>{words.reading}</Waiting>;
  const { proxy_password_kept: kept, authorities, ...set } = now;
  const save = (change: Partial<typeof set>) => saving.mutate({ ...set, ...change });
  return (
    <>
      <label className="field">
        {words.proxy}
        <input type="text" inputMode="url" spellCheck={false} defaultValue={now.proxy ?? ""} onBlur={(e) => save({ proxy: e.target.value.trim() || null })} data-testid="proxy" />
        <small>{words.proxyMore}</small>
      </label>
      <label className="field">
        {words.pac}
        <input type="text" inputMode="url" spellCheck={false} defaultValue={now.pac ?? ""} onBlur={(e) => save({ pac: e.target.value.trim() || null })} data-testid="pac" />
        <small>{words.pacMore}</small>
      </label>
      <label className="field">
        {words.proxyUser}
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          defaultValue={now.proxy_username ?? ""}
          onBlur={(e) => {
            const name = e.target.value.trim() || null;
            if (name !== now.proxy_username) save({ proxy_username: name });
          }}
          data-testid="proxy-user"
        />
        <small>{words.proxyUserMore}</small>
      </label>
      <SecretField
        label={words.proxyPassword}
        more={now.proxy_username === null ? words.proxyPasswordFirst : words.proxyPasswordMore}
        act={words.proxyPasswordKeep}
        placeholder={kept ? words.proxyPasswordKept : ""}
        isDisabled={now.proxy_username === null}
        send={(secret) => setNetwork({ ...set, proxy_password: secret })}
        testId="proxy-password"
      />
      {saving.error && <FailureNote failure={failureOf(saving.error)} />}
      <Authorities now={authorities} onRemove={() => save({ ca_file: null })} />
    </>
  );
}
