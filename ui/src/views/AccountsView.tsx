/** Who one is, where, and what one may do there; other accounts; signing in and out. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { FlaskConical, KeyRound, Landmark, LogIn, LogOut } from "lucide-react";
import { useId, useState } from "react";
import type { Account } from "../bindings/Account";
import type { AccountsShown } from "../bindings/AccountsShown";
import type { Here } from "../bindings/Here";
import type { KeepIn } from "../bindings/KeepIn";
import type { ProfileShown } from "../bindings/ProfileShown";
import { failureOf } from "../platform/host";
import { accounts, cancel, chooseAccount, datastores, here, keys, profiles, signIn, signOut, unlock } from "../platform/queries";
import { pick, useLanguage, useWords, wordFor } from "../platform/words";
import { Act, Copy, FailureNote, Icon, Note, Progress, Waiting } from "../shared/pieces";
import { SecretField } from "../shared/SecretField";
import { accountsWords } from "./Accounts.locale";
import { ProfileForm } from "./ProfileForm";

const SANDBOX = "sandbox";

/** The sign-in that waits for the browser; there is one at a time. */
function useSignIn() {
  const call = useId();
  const [told, tell] = useState<{ url: string; opened: boolean } | null>(null);
  const signing = useMutation({
    mutationFn: (asked: { profile: string; account?: string; keep: KeepIn }) => signIn({ ...asked, open: true }, call, tell),
    onSettled: () => tell(null),
  });
  return { told, signing, giveUp: () => void cancel(call) };
}

export function AccountsView() {
  const words = useWords(accountsWords);
  // the command line may have changed either
  const where = useQuery({ queryKey: keys.here, queryFn: here, refetchOnMount: "always" });
  const book = useQuery({ queryKey: keys.accounts, queryFn: accounts, refetchOnMount: "always" });
  const own = useSignIn();
  const again = ({ id, profile, keep }: Account) => own.signing.mutate({ profile, account: id, keep });
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
        <p>{words.more}</p>
      </div>
      <div className="two">
        <div className="stack">
          {where.isPending && <Waiting>{words.reading}</Waiting>}
          {where.error && <FailureNote failure={failureOf(where.error)} onRetry={() => void where.refetch()} />}
          {where.data && <Now where={where.data} />}
        </div>
        <div className="stack">
          {book.error && <FailureNote failure={failureOf(book.error)} onRetry={() => void book.refetch()} />}
          {book.data && <Others book={book.data} onAgain={own.signing.isPending ? null : again} />}
          <SignIn book={book.data ?? null} own={own} />
        </div>
      </div>
    </>
  );
}

function Now({ where }: { where: Here }) {
  const words = useWords(accountsWords);
  const may = where.communities.flatMap((c) => c.rights);
  return (
    <section className="card" data-testid="account">
      <h2 className="row tight">
        <Icon of={where.sandbox ? FlaskConical : Landmark} />
        {where.sandbox ? words.sandbox : where.datastore_name}
        <span className="tag good">{words.inUse}</span>
      </h2>
      {where.sandbox && <p className="soft">{words.sandboxMore}</p>}
      <dl className="facts">
        <dt>{words.datastore}</dt>
        <dd>
          {where.datastore_name} <code className="soft tiny">{where.datastore}</code>
        </dd>
        <dt>{words.email}</dt>
        <dd>{where.shown ?? where.email ?? "—"}</dd>
        <dt>API</dt>
        <dd>
          <code>{where.api}</code>
        </dd>
        {where.communities.map((c) => (
          <div key={c.community} style={{ display: "contents" }}>
            <dt>{words.rights}</dt>
            <dd className="row tight">
              {c.community}
              {c.rights.map((r) => (
                <span className="tag plain" key={r}>
                  {wordFor(words.right, r)}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      {!where.sandbox && <Datastores account={where.account ?? null} />}
      {may.length > 0 && !may.includes("BROADCAST") && <Note look="degrades">{<p>{words.noBroadcast}</p>}</Note>}
    </section>
  );
}

/** Somebody who acts for several communities chooses which. */
function Datastores({ account }: { account: string | null }) {
  const words = useWords(accountsWords);
  const query = useQuery({ queryKey: keys.datastores, queryFn: datastores });
  const using = useMutation({ mutationFn: (datastore: string) => chooseAccount(account ?? "", datastore) });
  const all = query.data ?? [];
  if (all.length < 2 || account === null) return null;
  return (
    <label className="field">
      {words.chooseStore}
      <select value={all.find((d) => d.current)?.id ?? ""} onChange={(e) => using.mutate(e.target.value)} disabled={using.isPending} data-testid="datastore">
        {all.map((d) => (
          <option key={d.id} value={d.id}>
            {d.name}
          </option>
        ))}
      </select>
      {using.error && <FailureNote failure={failureOf(using.error)} />}
    </label>
  );
}

const nameOf = (a: Account) => a.username ?? a.email ?? a.id;

function Others({ book, onAgain }: { book: AccountsShown; onAgain: ((account: Account) => void) | null }) {
  const words = useWords(accountsWords);
  const using = useMutation({ mutationFn: (id: string) => chooseAccount(id) });
  const leaving = useMutation({ mutationFn: (id: string) => signOut(id) });
  if (book.accounts.length === 0) return null;
  const line = (id: string, icon: typeof Landmark, name: string, more: string, own: Account | null) => (
    <li key={id} data-testid="account-line" data-account={id} style={{ gridTemplateColumns: "minmax(0, 1fr) auto" }}>
      <div className="row line" style={{ gap: 10 }}>
        <Icon of={icon} />
        <span className="stack" style={{ gap: 0 }}>
          <strong className="cut">{name}</strong>
          <span className="soft small cut">{more}</span>
        </span>
        {book.current === id && <span className="tag good">{words.inUse}</span>}
      </div>
      <div className="row tight">
        {book.current !== id && (
          <Act look="slim" onPress={() => using.mutate(id)} busy={using.isPending && using.variables === id} label={words.useOf(name)} testId="use-account">
            {words.use}
          </Act>
        )}
        {own?.method === "browser" && (
          <Act look="quiet slim" icon={KeyRound} onPress={() => onAgain?.(own)} isDisabled={onAgain === null} label={words.againOf(name)} testId="again">
            {words.again}
          </Act>
        )}
        {own && (
          <Act look="quiet slim" icon={LogOut} onPress={() => leaving.mutate(id)} label={words.signOutOf(name)} testId="sign-out">
            {words.signOut}
          </Act>
        )}
      </div>
    </li>
  );
  return (
    <section className="stack tight">
      <h2>{words.others}</h2>
      <ul className="list">
        {line(SANDBOX, FlaskConical, words.sandbox, "", null)}
        {book.accounts.map((a) => line(a.id, Landmark, nameOf(a), [a.datastore_name, a.profile].filter(Boolean).join(" · "), a))}
      </ul>
      {(using.error ?? leaving.error) && <FailureNote failure={failureOf(using.error ?? leaving.error)} />}
    </section>
  );
}

/** Where there is no keychain: how long one stays signed in, and what opens the file. */
function Keep({ book, keep, onKeep }: { book: AccountsShown; keep: KeepIn; onKeep: (keep: KeepIn) => void }) {
  const words = useWords(accountsWords);
  const inFile = book.accounts.some((a) => a.keep === "file");
  return (
    <>
      {book.keychain !== null && (
        <>
          <Note look="tells">{<p className="small">{words.noKeychain(book.keychain)}</p>}</Note>
          <fieldset className="stack tight" style={{ border: 0, margin: 0, padding: 0 }}>
            <legend className="visually-hidden">{words.keep}</legend>
            {(["run", "file"] as const).map((one) => (
              <label className="check" key={one}>
                <input type="radio" name="keep" checked={keep === one} onChange={() => onKeep(one)} data-testid={`keep-${one}`} />
                {words.keepIn[one]}
              </label>
            ))}
          </fieldset>
        </>
      )}
      {(keep === "file" || inFile) && !book.file_open && (
        <SecretField label={words.passphrase} more={words.passphraseMore} act={words.unlock} send={unlock} testId="passphrase" />
      )}
    </>
  );
}

function SignIn({ book, own: { told, signing, giveUp } }: { book: AccountsShown | null; own: ReturnType<typeof useSignIn> }) {
  const words = useWords(accountsWords);
  const language = useLanguage();
  const query = useQuery({ queryKey: keys.profiles, queryFn: profiles });
  const [chosen, choose] = useState<string | null>(null);
  const [without, setWithout] = useState<KeepIn>("run");
  const keep = book?.keychain ? without : "keychain";
  const all: ProfileShown[] = query.data ?? [];
  const current = all.find((p) => p.profile.name === chosen) ?? all.find((p) => p.missing === null) ?? all[0];
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  if (!current) return null;
  return (
    <section className="card" data-testid="sign-in">
      <h2>{words.add}</h2>
      <p className="soft small">{words.addMore}</p>
      <fieldset className="stack tight" style={{ border: 0, margin: 0, padding: 0 }}>
        <legend className="visually-hidden">{words.add}</legend>
        {all.map(({ profile, missing }) => (
          <label className="check" key={profile.name}>
            <input type="radio" name="profile" checked={profile.name === current.profile.name} onChange={() => choose(profile.name)} data-profile={profile.name} />
            {pick(profile.title, language)}
            <small>
              <code>{profile.api}</code>
              {missing && <> · {words.missing(pick(missing, language))}</>}
            </small>
          </label>
        ))}
      </fieldset>
      {current.missing && current.profile.name !== SANDBOX && (
        <details data-testid="complete">
          <summary className="small strong">{words.complete(pick(current.profile.title, language))}</summary>
          <ProfileForm key={current.profile.name} profile={current.profile} onKept={choose} />
        </details>
      )}
      <details key={all.length} data-testid="add-profile">
        <summary className="small strong">{words.addProfile}</summary>
        <ProfileForm profile={null} onKept={choose} />
      </details>
      {book && <Keep book={book} keep={keep} onKeep={setWithout} />}
      {signing.isPending ? (
        <div className="stack tight" role="status" data-testid="signing-in">
          <strong>{words.waiting}</strong>
          <Progress done={0} total={null} label={words.waiting} />
          <p className="soft small">{told && !told.opened ? words.notOpened : words.waitingMore}</p>
          {told && !told.opened && <Copy value={told.url} label={words.address} />}
          <div>
            <Act onPress={giveUp}>{words.cancel}</Act>
          </div>
        </div>
      ) : (
        <div>
          <Act look="first" icon={LogIn} onPress={() => signing.mutate({ profile: current.profile.name, keep })} isDisabled={current.missing !== null || (keep === "file" && !book?.file_open)} testId="sign-in-browser">
            {words.open}
          </Act>
        </div>
      )}
      {signing.error && failureOf(signing.error).code !== "CANCELLED" && <FailureNote failure={failureOf(signing.error)} />}
    </section>
  );
}
