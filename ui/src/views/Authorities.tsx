/** Whom to trust beside the system's certificate authorities: a file that the person chose, never named
 *  by the page. */
import { useMutation } from "@tanstack/react-query";
import { FileKey, Trash2 } from "lucide-react";
import type { NetworkShown } from "../bindings/NetworkShown";
import { failureOf } from "../platform/host";
import { chooseAuthorities } from "../platform/queries";
import { useWords } from "../platform/words";
import { Act, FailureNote } from "../shared/pieces";
import { connectionWords } from "./Connection.locale";

export function Authorities({ now, onRemove }: { now: NetworkShown["authorities"]; onRemove: () => void }) {
  const words = useWords(connectionWords);
  const choosing = useMutation({ mutationFn: chooseAuthorities });
  return (
    <section className="stack tight" data-testid="authorities">
      <h3>{words.trust}</h3>
      <p className="soft small">{words.trustMore}</p>
      {now ? (
        <p className="small row tight">
          <code data-testid="authorities-file">{now.file}</code>
          {!now.fault && <span className="tag good">{words.certificates(now.certificates)}</span>}
        </p>
      ) : (
        <p className="small">
          <span className="tag plain">{words.trustNone}</span>
        </p>
      )}
      {now?.fault && <FailureNote failure={now.fault} />}
      {choosing.error && <FailureNote failure={failureOf(choosing.error)} />}
      {now?.fixed ? (
        <p className="soft small">{words.trustFixed}</p>
      ) : (
        <div className="row">
          <Act look="slim" icon={FileKey} onPress={() => choosing.mutate()} busy={choosing.isPending} testId="choose-authorities">
            {now ? words.another : words.choose}
          </Act>
          {now && (
            <Act look="slim" icon={Trash2} onPress={onRemove} testId="remove-authorities">
              {words.remove}
            </Act>
          )}
        </div>
      )}
    </section>
  );
}
