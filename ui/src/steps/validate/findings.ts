/** Findings as the person meets them: by what there is to do, and each kind once. Pure. */
import type { Finding } from "../../bindings/Finding";
import type { Level } from "../../bindings/Level";

/** What there is to do about a finding. */
export type Todo = "decide" | "repair" | "mend" | "beware" | "copy" | "know";

export const TODO_ORDER: readonly Todo[] = ["decide", "repair", "mend", "beware", "copy", "know"];

/** Only the person knows the answer. */
const DECIDE = new Set(["CRS_MISSING", "CRS_UNIDENTIFIED", "OUTSIDE_CRS_AREA", "AXES_SWAPPED"]);

/** Put right by itself on the copy that is delivered. */
const COPY = new Set([
  "TABLE_NAME_REFUSED", "TABLE_NAME_TWICE", "FIELD_NAME_REFUSED", "FIELD_NAME_TWICE", "FIELD_TYPE_UNUSUAL", "FORMAT_CONVERTED", "CRS_SEVERAL",
  "CRS_DIFFERS_FROM_DECLARED", "ENCODING_NOT_UTF8", "ENCODING_LIES", "GEOMETRY_CURVED", "NAME_NOT_PORTABLE", "ZIP_NAMES_NOT_UTF8",
]);

export interface Kind {
  code: string;
  level: Level;
  todo: Todo;
  findings: Finding[];
  /** How many places, repeats counted. */
  count: number;
}

/** `repairable`: the codes for which the engine proposes a repair. */
export function todoOf(finding: Finding, repairable: ReadonlySet<string>): Todo {
  if (DECIDE.has(finding.code)) return "decide";
  if (repairable.has(finding.code)) return "repair";
  if (COPY.has(finding.code)) return "copy";
  return finding.level === "blocks" ? "mend" : finding.level === "degrades" ? "beware" : "know";
}

const LEVELS: readonly Level[] = ["blocks", "degrades", "tells", "debug"];

/** Kinds in the order of what there is to do, the gravest first in each. */
export function kindsOf(findings: readonly Finding[], repairable: ReadonlySet<string> = new Set()): Kind[] {
  const kinds = new globalThis.Map<string, Kind>();
  for (const finding of findings) {
    if (finding.level === "debug") continue;
    const todo = todoOf(finding, repairable);
    const kind = kinds.get(finding.code) ?? { code: finding.code, level: finding.level, todo, findings: [], count: 0 };
    kind.findings.push(finding);
    kind.count += Math.max(1, finding.count);
    kinds.set(finding.code, kind);
  }
  return [...kinds.values()].sort(
    (a, b) => TODO_ORDER.indexOf(a.todo) - TODO_ORDER.indexOf(b.todo) || LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level),
  );
}
