/** A datasheet: its services to share, all that it holds, and how to take it down. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { failureOf } from "../platform/host";
import { deletion, keys, remove, sheet } from "../platform/queries";
import { useWords } from "../platform/words";
import { Act, FailureNote, Waiting } from "../shared/pieces";
import { Share } from "../steps/share/Share";

const sheetWords = {
  back: ["Accueil", "Home"],
  holds: ["Tout ce que contient la fiche", "All that the datasheet holds"],
  kinds: [
    { upload: "livraison", stored_data: "donnée stockée", configuration: "configuration", offering: "offre", static: "fichier statique", execution: "exécution" },
    { upload: "upload", stored_data: "stored data", configuration: "configuration", offering: "offering", static: "static file", execution: "execution" },
  ],
  remove: ["Supprimer la fiche…", "Delete the datasheet…"],
  sure: ["Supprimer tout cela ?", "Delete all this?"],
  sureMore: [
    "Les services cessent de répondre et les données stockées disparaissent. Vos fichiers sur cet ordinateur ne sont pas touchés.",
    "The services stop answering and the stored data disappear. Your files on this computer are not touched.",
  ],
  no: ["Annuler", "Cancel"],
  yes: ["Oui, supprimer", "Yes, delete"],
  removing: ["Suppression…", "Deleting…"],
  reading: ["Lecture de la fiche…", "Reading the datasheet…"],
} as const;

export function SheetView({ name, online, onLeave }: { name: string; online: boolean; onLeave: () => void }) {
  const words = useWords(sheetWords);
  const query = useQuery({ queryKey: keys.sheet(name), queryFn: () => sheet(name) });
  const [asking, ask] = useState(false);
  const title = useId();
  const doomed = useQuery({ queryKey: [...keys.sheet(name), "deletion"], queryFn: () => deletion(name), enabled: asking });
  const removal = useMutation({ mutationFn: () => remove(name), onSuccess: onLeave });
  return (
    <>
      <div className="row spread">
        <h1 style={{ overflowWrap: "anywhere" }}>{name}</h1>
        <Act onPress={onLeave}>{words.back}</Act>
      </div>
      <Share datasheet={name} rehearsal={false} online={online} />
      {query.isPending && <Waiting>{words.reading}</Waiting>}
      {query.error && <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && (
        <details className="card">
          <summary>{words.holds}</summary>
          <ul className="plainlist small">
            {query.data.entities.map((e) => (
              <li key={e._id} className="row">
                <span className="tag plain">{words.kinds[e.entity as keyof typeof words.kinds] ?? e.entity}</span>
                <strong>{e.type}</strong> {e.name} <span className="soft">{e.status}</span> <code className="soft hide-narrow">{e._id}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
      <div>
        <Act look="danger" onPress={() => ask(true)} isDisabled={removal.isPending} testId="remove">
          {removal.isPending ? words.removing : words.remove}
        </Act>
      </div>
      {removal.error && <FailureNote failure={failureOf(removal.error)} />}
      {asking && (
        <ModalOverlay className="modal-back" isOpen isDismissable onOpenChange={(open) => !open && ask(false)}>
          <Modal className="modal">
            <Dialog aria-labelledby={title} style={{ outline: "none", display: "grid", gap: 14 }}>
              <h2 id={title}>{words.sure}</h2>
              <p>{words.sureMore}</p>
              {doomed.error && <FailureNote failure={failureOf(doomed.error)} />}
              <ul className="small">
                {doomed.data?.entities.map((e) => (
                  <li key={e._id}>
                    {words.kinds[e.entity as keyof typeof words.kinds] ?? e.entity} {e.name}
                  </li>
                ))}
              </ul>
              <div className="row" style={{ justifyContent: "flex-end" }}>
                <Act onPress={() => ask(false)}>{words.no}</Act>
                <Act
                  look="danger"
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
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </>
  );
}
