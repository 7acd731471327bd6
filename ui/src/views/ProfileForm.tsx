/** A platform to sign in to: its addresses, and the client id that its keeper gave. No secret. */
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "react-aria-components";
import type { Profile } from "../bindings/Profile";
import { failureOf } from "../platform/host";
import { setProfile } from "../platform/queries";
import { useWords } from "../platform/words";
import { FailureNote } from "../shared/pieces";
import { accountsWords } from "./Accounts.locale";

const FIELDS = ["name", "api", "issuer", "client_id", "scopes"] as const;

/** `profile`: the one to complete; nothing for a new one. */
export function ProfileForm({ profile, onKept }: { profile: Profile | null; onKept: (name: string) => void }) {
  const words = useWords(accountsWords);
  const saving = useMutation({ mutationFn: setProfile, onSuccess: (_, kept) => onKept(kept.name) });
  const keep = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (field: (typeof FIELDS)[number]) => String(typed.get(field) ?? "").trim();
    const name = profile?.name ?? text("name");
    saving.mutate({
      name,
      title: profile?.title ?? [name, name],
      api: text("api"),
      issuer: text("issuer") || null,
      token_url: profile?.token_url ?? null,
      client_id: text("client_id") || null,
      redirect: profile?.redirect ?? "http://127.0.0.1/callback",
      scopes: text("scopes").split(/\s+/).filter(Boolean),
    });
  };
  const now = { name: "", api: profile?.api ?? "", issuer: profile?.issuer ?? "", client_id: profile?.client_id ?? "", scopes: profile?.scopes.join(" ") ?? "" };
  return (
    <form className="stack tight" onSubmit={keep} data-testid="profile-form">
      {FIELDS.filter((field) => field !== "name" || profile === null).map((field) => (
        <label className="field" key={field}>
          {words.profile[field]}
          <input type="text" name={field} defaultValue={now[field]} autoComplete="off" spellCheck={false} data-testid={`profile-${field}`} />
          <small>{words.profileMore[field]}</small>
        </label>
      ))}
      <div>
        <Button type="submit" className="act slim" isDisabled={saving.isPending} data-testid="profile-keep">
          {words.profileKeep}
        </Button>
      </div>
      {saving.error && <FailureNote failure={failureOf(saving.error)} />}
    </form>
  );
}
