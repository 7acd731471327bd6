/** A datasheet: its services to share, all that it holds, and how to take it down. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowLeft, Trash2 } from "lucide-react";
import { useState } from "react";
import { failureOf } from "../platform/host";
import { deletion, here, keys, remove, sheet } from "../platform/queries";
import { useWords, wordFor } from "../platform/words";
import { kindWords } from "../shared/kinds";
import { Act, Ask, FailureNote, Waiting } from "../shared/pieces";
import { Share } from "../steps/share/Share";
import { UpdateImages } from "./UpdateImages";

const kindsFr = { upload: "livraison", stored_data: "donnée stockée", configuration: "configuration", offering: "offre", static: "fichier statique", execution: "traitement" };
const kindsEn = { upload: "upload", stored_data: "stored data", configuration: "configuration", offering: "offering", static: "static file", execution: "execution" };

const sheetWords = {
  back: ["Accueil", "Home"],
  kind: ["Fiche de données", "Datasheet"],
  holds: ["Tout ce que contient la fiche", "All that the datasheet holds"],
  kinds: [kindsFr, kindsEn],
  what: ["Quoi", "What"],
  name: ["Nom", "Name"],
  state: ["État", "State"],
  remove: ["Supprimer la fiche…", "Delete the datasheet…"],
  sure: ["Supprimer tout cela ?", "Delete all this?"],
  sureMore: [
    "Les services cessent de répondre et les données stockées disparaissent. Vos fichiers sur cet ordinateur ne sont pas touchés.",
    "The services stop answering and the stored data disappear. Your files on this computer are not touched.",
  ],
  where: ["Où, et sous quel nom :", "Where, and as whom:"],
  no: ["Annuler", "Cancel"],
  yes: ["Supprimer", "Delete"],
  removing: ["Suppression…", "Deleting…"],
  reading: ["Lecture de la fiche…", "Reading the datasheet…"],
} as const;

export function SheetView({ name, online, onLeave }: { name: string; online: boolean; onLeave: () => void }) {
  const words = useWords(sheetWords);
  const query = useQuery({ queryKey: keys.sheet(name), queryFn: () => sheet(name) });
  const [asking, ask] = useState(false);
  const doomed = useQuery({ queryKey: [...keys.sheet(name), "deletion"], queryFn: () => deletion(name), enabled: asking });
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const removal = useMutation({ mutationFn: () => remove(name), onSuccess: onLeave });
  const [mark, setMark] = useState("");
  const hasImages = query.data?.entities.some((e) => e.entity === "stored_data" && e.type === "ROK4-PYRAMID-RASTER") ?? false;
  const kinds = useWords(kindWords);
  return (
    <>
      <div className="page-head">
        <div>
          <Act look="quiet slim" icon={ArrowLeft} onPress={onLeave}>
            {words.back}
          </Act>
        </div>
        <div className="row spread">
          <h1 className="anywhere">
            <span className="visually-hidden">{words.kind} </span>
            {name}
          </h1>
          <Act look="danger" icon={Trash2} onPress={() => ask(true)} busy={removal.isPending} testId="remove">
            {removal.isPending ? words.removing : words.remove}
          </Act>
        </div>
      </div>
      {removal.error && <FailureNote failure={failureOf(removal.error)} />}
      {hasImages && <UpdateImages datasheet={name} online={online} onTurn={setMark} />}
      <Share datasheet={name} rehearsal={false} online={online} mark={mark} />
      {query.isPending && <Waiting>{words.reading}</Waiting>}
      {query.error && <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && (
        <details className="card">
          <summary>{words.holds}</summary>
          <ul className="plainlist small" data-testid="entities">
            {query.data.entities.map((e) => (
              <li key={e._id} className="row" style={{ gap: 8 }}>
                <span className="tag plain">{wordFor(words.kinds, e.entity)}</span>
                <strong>{e.type}</strong> <span className="anywhere">{e.name}</span>
                <span className={`tag ${e.status === "UNSTABLE" ? "blocks" : ""}`}>{wordFor(kinds.states, e.status)}</span>
                <code className="soft tiny hide-narrow">{e._id}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      {asking && (
        <Ask title={words.sure} onClose={() => ask(false)}>
          <p>{words.sureMore}</p>
          {where.data && (
            <p data-testid="remove-where">
              {words.where} <strong>{[where.data.datastore_name, where.data.shown ?? where.data.api].join(" · ")}</strong>
            </p>
          )}
          {doomed.isPending && <Waiting>{words.reading}</Waiting>}
          {doomed.error && <FailureNote failure={failureOf(doomed.error)} />}
          <ul className="small plainlist" style={{ gap: 6 }}>
            {doomed.data?.entities.map((e) => (
              <li key={e._id} className="row tight">
                <span className="tag plain">{wordFor(words.kinds, e.entity)}</span>
                <span className="anywhere">{e.name}</span>
              </li>
            ))}
          </ul>
          <div className="row end">
            <Act onPress={() => ask(false)}>{words.no}</Act>
            <Act
              look="danger"
              icon={Trash2}
              isDisabled={!doomed.data}
              testId="confirm-remove"
              onPress={() => {
                ask(false);
                removal.mutate();
              }}
            >
              {words.yes}
            </Act>
          </div>
        </Ask>
      )}
    </>
  );
}
