/** Small pieces that every screen is made of. They know no step. */
import {
  Ban, CircleAlert, CircleCheck, CircleHelp, CloudOff, Copy as CopyIcon, Check, Gauge, Info, KeyRound, LoaderCircle, OctagonX, RotateCcw,
  ShieldX, TriangleAlert, Wrench, type LucideIcon,
} from "lucide-react";
import { createContext, useContext, useEffect, useId, useState, type ReactNode } from "react";
import { Button, Dialog, Modal, ModalOverlay } from "react-aria-components";
import type { Failure } from "../bindings/Failure";
import type { Level } from "../bindings/Level";
import { pick, useLanguage, useWords } from "../platform/words";
import { troubleOf, type Trouble } from "./trouble";

export function Icon({ of: Drawn, spin = false }: { of: LucideIcon; spin?: boolean }) {
  return <Drawn className={spin ? "icon spin" : "icon"} aria-hidden focusable={false} />;
}

/** A sentence of the engine's: what a person could type stands out, and is not broken across lines. */
export function Sentence({ children }: { children: string }) {
  return children.split(/`([^`]+)`|(?<=^|\s)(--[a-z-]+)/).map((part, at) => {
    if (at % 3 === 0 || part === undefined) return part;
    return (
      <code key={at} className={at % 3 === 2 ? "nowrap" : undefined}>
        {part}
      </code>
    );
  });
}

export function Act(props: {
  children: ReactNode;
  onPress: () => void;
  look?: "first" | "danger" | "quiet" | "quiet slim" | "slim" | "first big" | "big" | "first slim";
  icon?: LucideIcon;
  isDisabled?: boolean;
  busy?: boolean;
  /** Said by a screen reader in place of the text. */
  label?: string;
  testId?: string;
}) {
  return (
    <Button
      className={`act ${props.look ?? ""}`}
      onPress={props.onPress}
      isDisabled={(props.isDisabled ?? false) || (props.busy ?? false)}
      {...(props.label ? { "aria-label": props.label } : {})}
      {...(props.testId ? { "data-testid": props.testId } : {})}
    >
      {props.busy ? <Icon of={LoaderCircle} spin /> : props.icon ? <Icon of={props.icon} /> : null}
      {props.children}
    </Button>
  );
}

export type NoteLook = "blocks" | "degrades" | "tells" | "good" | "plain";

const NOTE_ICONS: Record<NoteLook, LucideIcon> = { blocks: OctagonX, degrades: TriangleAlert, tells: Info, good: CircleCheck, plain: Info };

export function Note(props: { look: NoteLook; icon?: LucideIcon; title?: ReactNode; children?: ReactNode; role?: "alert" | "status"; testId?: string }) {
  return (
    <div className={`note ${props.look}`} {...(props.role ? { role: props.role } : {})} {...(props.testId ? { "data-testid": props.testId } : {})}>
      <Icon of={props.icon ?? NOTE_ICONS[props.look]} />
      {props.title && <p className="strong">{props.title}</p>}
      {props.children}
    </div>
  );
}

/** Where a trouble may send the person: set by the frame, used by notes deep inside. */
export const WaysContext = createContext<{ signIn?: () => void }>({});

const failureWords = {
  kinds: [
    {
      offline: "La plateforme est injoignable",
      signIn: "Il faut se connecter de nouveau",
      noRight: "Ce compte n’a pas ce droit",
      noQuota: "Il n’y a plus de place dans l’entrepôt",
      check: "La plateforme a trouvé des défauts",
      unstable: "Le résultat est instable",
      data: "Les données sont à corriger d’abord",
      cancelled: "Interrompu",
      refused: "Cela n’a pas pu se faire",
    },
    {
      offline: "The platform is out of reach",
      signIn: "You need to sign in again",
      noRight: "This account lacks that right",
      noQuota: "The datastore has no room left",
      check: "The platform found faults",
      unstable: "The result is unstable",
      data: "The data need mending first",
      cancelled: "Stopped",
      refused: "This could not be done",
    },
  ],
  next: ["À faire", "What to do"],
  log: ["Journal de la plateforme", "The platform’s log"],
  again: ["Réessayer", "Try again"],
  signIn: ["Se connecter", "Sign in"],
  kept: [
    "Rien n’est perdu : ce qui était envoyé le reste, et la livraison reprendra où elle en est.",
    "Nothing is lost: what was sent stays, and the delivery goes on from where it is.",
  ],
} as const;

const TROUBLE_ICONS: Record<Trouble, LucideIcon> = {
  offline: CloudOff, signIn: KeyRound, noRight: ShieldX, noQuota: Gauge, check: CircleAlert, unstable: TriangleAlert, data: Wrench, cancelled: Ban, refused: OctagonX,
};

/** What was being done, what stopped it, what to do next. */
/** What there is to do about it. */
export function Advice({ children }: { children: string }) {
  const words = useWords(failureWords);
  return (
    <p>
      <strong>{words.next}</strong>
      {useLanguage() === "fr" ? " : " : ": "}
      <Sentence>{children}</Sentence>
    </p>
  );
}

export function FailureNote({ failure, onRetry, children }: { failure: Failure; onRetry?: () => void; children?: ReactNode }) {
  const language = useLanguage();
  const words = useWords(failureWords);
  const ways = useContext(WaysContext);
  const trouble = troubleOf(failure.code);
  const soft = trouble === "offline" || trouble === "cancelled" || trouble === "signIn";
  const signIn = trouble === "signIn" ? ways.signIn : undefined;
  return (
    <div className={`note ${soft ? "degrades" : "blocks"}`} role="alert" data-testid="failure" data-code={failure.code} data-trouble={trouble}>
      <Icon of={TROUBLE_ICONS[trouble]} />
      <p className="strong">{words.kinds[trouble]}</p>
      <p>
        <Sentence>{pick(failure.message, language)}</Sentence>
      </p>
      {failure.hint && <Advice>{pick(failure.hint, language)}</Advice>}
      {failure.log.length > 0 && (
        <details>
          <summary className="small strong">{words.log}</summary>
          <pre className="log" tabIndex={0}>{failure.log.join("\n")}</pre>
        </details>
      )}
      {(onRetry ?? signIn ?? children) && (
        <div className="row">
          {signIn && (
            <Act look="first" icon={KeyRound} onPress={signIn} testId="sign-in-again">
              {words.signIn}
            </Act>
          )}
          {onRetry && (
            <Act icon={RotateCcw} onPress={onRetry} testId="retry">
              {words.again}
            </Act>
          )}
          {children}
        </div>
      )}
    </div>
  );
}

/** Nothing here yet, and what would put something here. */
export function Empty({ icon, title, children, act }: { icon: LucideIcon; title: string; children?: ReactNode; act?: ReactNode }) {
  return (
    <div className="empty" data-testid="empty">
      <Icon of={icon} />
      <h3>{title}</h3>
      {children && <p>{children}</p>}
      {act}
    </div>
  );
}

const levelWords = {
  blocks: ["bloque", "blocks"],
  degrades: ["dégrade", "degrades"],
  tells: ["à savoir", "good to know"],
  debug: ["détail", "detail"],
} as const;

export const LEVEL_ICONS: Record<Level, LucideIcon> = { blocks: OctagonX, degrades: TriangleAlert, tells: Info, debug: CircleHelp };

export function LevelTag({ level }: { level: Level }) {
  const words = useWords(levelWords);
  return (
    <span className={`tag ${level}`}>
      <Icon of={LEVEL_ICONS[level]} />
      {words[level]}
    </span>
  );
}

/** A bar that moves with the work; without a total it only says that work goes on. */
export function Progress({ done, total, label }: { done: number; total: number | null; label: string }) {
  const known = total !== null && total > 0;
  const part = known ? Math.min(100, (100 * done) / total) : 0;
  return (
    <div
      className={`bar ${known ? "" : "wait"}`}
      role="progressbar"
      aria-label={label}
      {...(known ? { "aria-valuenow": Math.round(part), "aria-valuemin": 0, "aria-valuemax": 100 } : {})}
    >
      <i style={known ? { width: `${part}%` } : undefined} />
    </div>
  );
}

/** Work whose end is not known, with the shape of what will come. */
export function Waiting({ children, lines = 3 }: { children: string; lines?: number }) {
  return (
    <div role="status" className="stack" data-testid="waiting">
      <p className="soft row tight">
        <Icon of={LoaderCircle} spin /> {children}
      </p>
      <Skeleton lines={lines} />
    </div>
  );
}

/** Where something will be. Says nothing: whoever shows it does. */
export function Skeleton({ lines }: { lines: number }) {
  return (
    <div className="skeleton" aria-hidden>
      {Array.from({ length: lines }, (_, at) => (
        <i key={at} style={{ width: `${92 - 17 * (at % 3)}%` }} />
      ))}
    </div>
  );
}

const copyWords = { copy: ["Copier", "Copy"], copied: ["Copié", "Copied"], of: [(l: string) => `Copier : ${l}`, (l: string) => `Copy: ${l}`] } as const;

/** An address to take elsewhere. */
export function Copy({ value, label, testId }: { value: string; label: string; testId?: string }) {
  const words = useWords(copyWords);
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = window.setTimeout(() => setDone(false), 1_800);
    return () => window.clearTimeout(timer);
  }, [done]);
  return (
    <div className="copy">
      <input className="plain" readOnly value={value} aria-label={label} onFocus={(e) => e.currentTarget.select()} />
      <Act
        look="slim"
        icon={done ? Check : CopyIcon}
        label={words.of(label)}
        onPress={() => void navigator.clipboard.writeText(value).then(() => setDone(true), () => undefined)}
        {...(testId ? { testId } : {})}
      >
        <span aria-live="polite">{done ? words.copied : words.copy}</span>
      </Act>
    </div>
  );
}

/** One of a few, each a word. */
export function Segments<K extends string>(props: { label: string; value: K; of: readonly (readonly [K, ReactNode])[]; onChange: (value: K) => void; testId?: string }) {
  return (
    <div className="segments" role="group" aria-label={props.label} {...(props.testId ? { "data-testid": props.testId } : {})}>
      {props.of.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === props.value} data-key={key} onClick={() => props.onChange(key)}>
          {text}
        </button>
      ))}
    </div>
  );
}

/** A window above the page: closes by Escape and by a press outside. */
export function Ask(props: { title: ReactNode; children: ReactNode; onClose: () => void; large?: boolean; testId?: string }) {
  const title = useId();
  return (
    <ModalOverlay className="modal-back" isOpen isDismissable onOpenChange={(open) => !open && props.onClose()}>
      <Modal className={props.large ? "modal large" : "modal"}>
        <Dialog aria-labelledby={title} {...(props.testId ? { "data-testid": props.testId } : {})}>
          <h2 id={title}>{props.title}</h2>
          {props.children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
