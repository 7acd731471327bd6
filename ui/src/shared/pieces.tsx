/** Small pieces that every screen is made of. They know no step. */
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import type { Failure } from "../bindings/Failure";
import type { Level } from "../bindings/Level";
import { pick, useLanguage, useWords } from "../platform/words";

export function Act(props: {
  children: ReactNode;
  onPress: () => void;
  look?: "first" | "danger" | "quiet";
  isDisabled?: boolean;
  testId?: string;
}) {
  return (
    <Button
      className={`act ${props.look ?? ""}`}
      onPress={props.onPress}
      isDisabled={props.isDisabled ?? false}
      {...(props.testId ? { "data-testid": props.testId } : {})}
    >
      {props.children}
    </Button>
  );
}

const failureWords = {
  next: ["À faire", "What to do"],
  log: ["Journal de la plateforme", "The platform’s log"],
  again: ["Réessayer", "Try again"],
} as const;

/** What was being done, what stopped it, what to do next. */
export function FailureNote({ failure, onRetry }: { failure: Failure; onRetry?: () => void }) {
  const language = useLanguage();
  const words = useWords(failureWords);
  return (
    <div className="note blocks" role="alert" data-testid="failure" data-code={failure.code}>
      <p>
        <strong>{pick(failure.message, language)}</strong>
      </p>
      {failure.hint && (
        <p>
          {words.next} : {pick(failure.hint, language)}
        </p>
      )}
      {failure.log.length > 0 && (
        <details>
          <summary>{words.log}</summary>
          <pre className="log">{failure.log.join("\n")}</pre>
        </details>
      )}
      {onRetry && (
        <div>
          <Act onPress={onRetry}>{words.again}</Act>
        </div>
      )}
    </div>
  );
}

const levelWords = {
  blocks: ["bloque", "blocks"],
  degrades: ["dégrade", "degrades"],
  tells: ["à savoir", "good to know"],
  debug: ["détail", "detail"],
} as const;

const levelSigns: Record<Level, string> = { blocks: "✕", degrades: "▲", tells: "i", debug: "·" };

export function LevelTag({ level }: { level: Level }) {
  const words = useWords(levelWords);
  return (
    <span className={`tag ${level}`}>
      <span aria-hidden>{levelSigns[level]}</span>
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

export function Waiting({ children }: { children: string }) {
  return (
    <div role="status">
      <p className="soft">{children}</p>
      <Progress done={0} total={null} label={children} />
    </div>
  );
}

const copyWords = { copy: ["Copier", "Copy"] } as const;

/** An address to take elsewhere. */
export function Copy({ value, label }: { value: string; label: string }) {
  const words = useWords(copyWords);
  return (
    <div className="copy">
      <input className="plain" readOnly value={value} aria-label={label} onFocus={(e) => e.currentTarget.select()} />
      <Act onPress={() => void navigator.clipboard.writeText(value)}>{words.copy}</Act>
    </div>
  );
}
