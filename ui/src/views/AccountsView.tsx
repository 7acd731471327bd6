/** Who one is, where, and what one may do there: the account in use, its datastore, its rights. */
import { useQuery } from "@tanstack/react-query";
import { FlaskConical, Landmark } from "lucide-react";
import { failureOf } from "../platform/host";
import { here, keys } from "../platform/queries";
import { useWords } from "../platform/words";
import { FailureNote, Icon, Note, Waiting } from "../shared/pieces";

const accountsWords = {
  title: ["Compte et entrepôt", "Account and datastore"],
  more: ["À tout moment, en haut de la fenêtre : où vous publiez, et sous quel nom.", "At all times, at the top of the window: where you publish, and as whom."],
  now: ["En ce moment", "At present"],
  reading: ["Lecture du compte…", "Reading the account…"],
  sandbox: ["Bac à sable de cet ordinateur", "This computer’s sandbox"],
  sandboxMore: [
    "Une vraie plateforme en petit : tout y est possible, rien n’en sort. Elle est prête sans compte.",
    "A real platform in small: all is possible there, nothing leaves it. It is ready without an account.",
  ],
  datastore: ["Entrepôt", "Datastore"],
  email: ["Compte", "Account"],
  rights: ["Droits", "Rights"],
  right: [
    { UPLOAD: "livrer", PROCESSING: "traiter", BROADCAST: "publier", ANNEX: "annexes", COMMUNITY: "gérer la communauté", ADMINISTRATOR: "administrer" },
    { UPLOAD: "deliver", PROCESSING: "process", BROADCAST: "publish", ANNEX: "annexes", COMMUNITY: "manage the community", ADMINISTRATOR: "administer" },
  ],
  noBroadcast: [
    "Ce compte ne peut pas publier : la livraison et le traitement restent possibles. Demandez le droit de diffusion au superviseur de l’espace de travail.",
    "This account may not publish: delivering and processing remain possible. Ask the community’s supervisor for the right to broadcast.",
  ],
} as const;

export function AccountsView() {
  const words = useWords(accountsWords);
  const query = useQuery({ queryKey: keys.here, queryFn: here });
  const where = query.data;
  const may = where?.communities.flatMap((c) => c.rights) ?? [];
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
        <p>{words.more}</p>
      </div>
      {query.isPending && <Waiting>{words.reading}</Waiting>}
      {query.error && <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />}
      {where && (
        <section className="card" data-testid="account">
          <h2 className="row tight">
            <Icon of={where.sandbox ? FlaskConical : Landmark} />
            {where.sandbox ? words.sandbox : where.datastore_name}
          </h2>
          {where.sandbox && <p className="soft">{words.sandboxMore}</p>}
          <dl className="facts">
            <dt>{words.datastore}</dt>
            <dd>
              {where.datastore_name} <code className="soft tiny">{where.datastore}</code>
            </dd>
            <dt>{words.email}</dt>
            <dd>{where.email ?? "—"}</dd>
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
                      {words.right[r as keyof typeof words.right] ?? r}
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          {may.length > 0 && !may.includes("BROADCAST") && <Note look="degrades">{<p>{words.noBroadcast}</p>}</Note>}
        </section>
      )}
    </>
  );
}
