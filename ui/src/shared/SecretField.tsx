/** A secret on its way to the engine: typed, sent, forgotten. Neither a query, a mutation nor the
 *  page keeps it. */
import { KeyRound } from "lucide-react";
import { useRef, useState, type FormEvent } from "react";
import { failureOf } from "../platform/host";
import { Act, FailureNote } from "./pieces";

interface SecretFieldProps {
  label: string;
  more: string;
  act: string;
  /** Shown in the empty field. */
  placeholder?: string;
  isDisabled?: boolean;
  send: (secret: string) => Promise<unknown>;
  testId: string;
}

export function SecretField({ label, more, act, placeholder = "", isDisabled = false, send, testId }: SecretFieldProps) {
  const box = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const give = () => {
    const input = box.current;
    if (!input?.value || busy) return;
    const sent = send(input.value);
    input.value = "";
    setBusy(true);
    sent.then(() => setFault(null), setFault).finally(() => setBusy(false));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give();
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      <label className="field">
        {label}
        <input type="password" ref={box} autoComplete="off" spellCheck={false} placeholder={placeholder} disabled={isDisabled} data-testid={testId} />
        <small>{more}</small>
      </label>
      <div>
        <Act look="slim" icon={KeyRound} onPress={give} isDisabled={isDisabled} busy={busy} testId={`${testId}-send`}>
          {act}
        </Act>
      </div>
      {fault !== null && <FailureNote failure={failureOf(fault)} />}
    </form>
  );
}
